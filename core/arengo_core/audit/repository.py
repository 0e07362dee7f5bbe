"""Queries of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.audit.models import AuditEntry, AuditSeal


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


async def unsealed(
    session: AsyncSession,
    organization_id: UUID,
    *,
    after: UUID | None,
    until: datetime,
    limit: int,
) -> Sequence[AuditEntry]:
    """The oldest entries from after one, noted before a moment."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.organization_id == organization_id, AuditEntry.at < until)
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(AuditEntry.id > after)
    return (await session.execute(statement)).scalars().all()


async def last_seal(session: AsyncSession, organization_id: UUID) -> AuditSeal | None:
    """The latest link of an organization's chain."""
    statement = (
        select(AuditSeal)
        .where(AuditSeal.organization_id == organization_id)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def next_seal(session: AsyncSession, organization_id: UUID, after: int) -> AuditSeal | None:
    """The chain's first link past a number."""
    statement = (
        select(AuditSeal)
        .where(AuditSeal.organization_id == organization_id, AuditSeal.number > after)
        .order_by(AuditSeal.number)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def entries_by_id(
    session: AsyncSession, organization_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, AuditEntry]:
    """Those of an organization's entries that are there."""
    statement = select(AuditEntry).where(
        AuditEntry.organization_id == organization_id, AuditEntry.id.in_(ids)
    )
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def outside_every_seal(
    session: AsyncSession, organization_id: UUID, until: datetime
) -> Sequence[UUID]:
    """Entries in no batch that are older than the chain's end, or than a moment."""
    of_chain = AuditSeal.organization_id == organization_id
    sealed = select(func.unnest(AuditSeal.entry_ids)).where(of_chain)
    end = (
        select(AuditSeal.last_entry_id)
        .where(of_chain)
        .order_by(AuditSeal.last_entry_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_due: ColumnElement[bool] = or_(AuditEntry.at < until, AuditEntry.id <= end)
    statement = (
        select(AuditEntry.id)
        .where(AuditEntry.organization_id == organization_id, is_due, AuditEntry.id.not_in(sealed))
        .order_by(AuditEntry.id)
    )
    return (await session.execute(statement)).scalars().all()
