"""Queries on cost pools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.pools.models import PoolLine


async def get(
    session: AsyncSession, line_id: UUID, consortium_ids: Sequence[UUID] | None = None
) -> PoolLine | None:
    """A line in scope."""
    statement = select(PoolLine).where(PoolLine.id == line_id)
    if consortium_ids is not None:
        statement = statement.where(PoolLine.organization_id.in_(consortium_ids))
    return (await session.execute(statement)).scalar_one_or_none()


async def of_month(
    session: AsyncSession, consortium_id: UUID, starts_on: date, offer_id: UUID | None = None
) -> Sequence[PoolLine]:
    """The lines of a month, by offer and kind."""
    statement = select(PoolLine).where(
        PoolLine.organization_id == consortium_id, PoolLine.starts_on == starts_on
    )
    if offer_id is not None:
        statement = statement.where(PoolLine.offer_id == offer_id)
    statement = statement.order_by(PoolLine.service, PoolLine.offer_id, PoolLine.id)
    return (await session.execute(statement)).scalars().all()


async def page(
    session: AsyncSession,
    consortium_id: UUID,
    *,
    starts_on: date | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int,
) -> Sequence[PoolLine]:
    """Lines, newest month first, of one month or all."""
    statement = select(PoolLine).where(PoolLine.organization_id == consortium_id)
    if starts_on is not None:
        statement = statement.where(PoolLine.starts_on == starts_on)
    order = (PoolLine.starts_on, PoolLine.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def months(session: AsyncSession, consortium_id: UUID) -> Sequence[date]:
    """First days of the months that have lines, newest first."""
    statement = (
        select(PoolLine.starts_on)
        .where(PoolLine.organization_id == consortium_id)
        .distinct()
        .order_by(PoolLine.starts_on.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def of_months(
    session: AsyncSession, consortium_id: UUID, starts: Sequence[date]
) -> Sequence[PoolLine]:
    """The lines of several months."""
    statement = select(PoolLine).where(
        PoolLine.organization_id == consortium_id, PoolLine.starts_on.in_(starts)
    )
    return (await session.execute(statement)).scalars().all()


async def remove_planned(
    session: AsyncSession, consortium_id: UUID, starts_on: date, offer_id: UUID
) -> None:
    """Delete the lines that the price plan made."""
    await session.execute(
        delete(PoolLine).where(
            PoolLine.organization_id == consortium_id,
            PoolLine.starts_on == starts_on,
            PoolLine.offer_id == offer_id,
            PoolLine.from_plan.is_(True),
        )
    )
