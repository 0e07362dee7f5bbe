"""Queries on lifts. The database itself shows only rows of members in scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_skilift.contract import LiftState
from arengo_skilift.lifts.models import Lift


async def of_members(session: AsyncSession, members: Sequence[UUID]) -> Sequence[Lift]:
    """Lifts of some members, by name."""
    statement = select(Lift).where(Lift.organization_id.in_(members)).order_by(Lift.name, Lift.id)
    return (await session.execute(statement)).scalars().all()


async def named(session: AsyncSession, organization_id: UUID, name: str) -> Lift | None:
    """A member's lift, locked for a new report."""
    statement = (
        select(Lift)
        .where(Lift.organization_id == organization_id, Lift.name == name)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def count_open(session: AsyncSession, organization_id: UUID) -> int:
    """How many lifts of a member run."""
    statement = (
        select(func.count())
        .select_from(Lift)
        .where(Lift.organization_id == organization_id, Lift.state == LiftState.OPEN)
    )
    return await session.scalar(statement) or 0


async def open_since_before(
    session: AsyncSession, members: Sequence[UUID], moment: datetime
) -> Sequence[Lift]:
    """Lifts called open by a report older than a moment."""
    statement = select(Lift).where(
        Lift.organization_id.in_(members),
        Lift.state == LiftState.OPEN,
        Lift.reported_at < moment,
    )
    return (await session.execute(statement)).scalars().all()
