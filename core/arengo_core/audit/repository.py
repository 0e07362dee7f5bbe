"""Queries of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.audit.models import AuditEntry


async def entries(
    session: AsyncSession, organization_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """An organization's entries, newest first, from before an entry."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.organization_id == organization_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return (await session.execute(statement)).scalars().all()
