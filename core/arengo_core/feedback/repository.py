"""Queries on feedback."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.caller import Role
from arengo_core.feedback.models import Feedback
from arengo_core.identity.models import RoleGrant


async def count_since(session: AsyncSession, organization_id: UUID, since: datetime) -> int:
    """How many messages an office got since an instant."""
    statement = select(func.count()).where(
        Feedback.organization_id == organization_id, Feedback.created_at >= since
    )
    return (await session.execute(statement)).scalar_one()


async def officers_of(session: AsyncSession, organization_id: UUID) -> list[UUID]:
    """The people who lead a consortium's office."""
    statement = select(RoleGrant.user_id).where(
        RoleGrant.organization_id == organization_id,
        RoleGrant.role == Role.CONSORTIUM_OFFICER.value,
    )
    return list((await session.execute(statement)).scalars())
