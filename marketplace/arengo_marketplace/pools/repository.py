"""Queries on cost pools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools.models import PoolLine


def _in_month(starts_on: date) -> ColumnElement[bool]:
    """Lines that have a part in a month."""
    after = PoolLine.starts_on + func.make_interval(0, PoolLine.months)
    return or_(
        PoolLine.starts_on == starts_on,
        and_(
            PoolLine.months > 1,
            PoolLine.starts_on < starts_on,
            func.coalesce(PoolLine.rest_from, after) > starts_on,
        ),
    )


async def get(
    session: AsyncSession,
    line_id: UUID,
    consortium_ids: Sequence[UUID] | None = None,
    *,
    lock: bool = False,
) -> PoolLine | None:
    """A line in scope; ``lock`` holds it as it is until the transaction ends."""
    statement = select(PoolLine).where(PoolLine.id == line_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    if consortium_ids is not None:
        statement = statement.where(PoolLine.organization_id.in_(consortium_ids))
    return (await session.execute(statement)).scalar_one_or_none()


async def of_month(
    session: AsyncSession, consortium_id: UUID, starts_on: date, offer_id: UUID | None = None
) -> Sequence[PoolLine]:
    """The lines that have a part in a month, by offer and kind."""
    statement = select(PoolLine).where(
        PoolLine.organization_id == consortium_id, _in_month(starts_on)
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
        statement = statement.where(_in_month(starts_on))
    order = (PoolLine.starts_on, PoolLine.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def months(session: AsyncSession, consortium_id: UUID, until: date) -> set[date]:
    """First days of the months that have lines; of those after a day, where a line begins."""
    statement = select(PoolLine.starts_on, PoolLine.months, PoolLine.rest_from)
    statement = statement.where(PoolLine.organization_id == consortium_id).distinct()
    found: set[date] = set()
    for first, count, end in (await session.execute(statement)).all():
        found.add(first)
        later = (month.start for month in Period.months_from(first, count).months())
        found.update(month for month in later if month <= until and not (end and month >= end))
    return found


async def of_months(
    session: AsyncSession, consortium_id: UUID, starts: Sequence[date]
) -> Sequence[PoolLine]:
    """The lines that begin in one of several months."""
    statement = select(PoolLine).where(
        PoolLine.organization_id == consortium_id, PoolLine.starts_on.in_(starts)
    )
    return (await session.execute(statement)).scalars().all()


async def bearing_rest_of(session: AsyncSession, line: PoolLine) -> PoolLine | None:
    """The line that bears the rest of one, if another does."""
    statement = select(PoolLine).where(
        PoolLine.organization_id == line.organization_id, PoolLine.rest_of == line.id
    )
    return (await session.execute(statement)).scalar_one_or_none()


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
