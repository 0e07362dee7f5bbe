"""Queries on published months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.budget.models import PublishedMonth


async def between(
    session: AsyncSession, consortium_id: UUID, first: date, end: date
) -> Sequence[PublishedMonth]:
    """Months of a consortium from a day to the day before another, oldest first."""
    statement = (
        select(PublishedMonth)
        .where(
            PublishedMonth.organization_id == consortium_id,
            PublishedMonth.starts_on >= first,
            PublishedMonth.starts_on < end,
        )
        .order_by(PublishedMonth.starts_on)
    )
    return (await session.execute(statement)).scalars().all()


async def months(session: AsyncSession, consortium_id: UUID) -> Sequence[date]:
    """First days of the months that a consortium published, the latest first."""
    statement = (
        select(PublishedMonth.starts_on)
        .where(PublishedMonth.organization_id == consortium_id)
        .order_by(PublishedMonth.starts_on.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def remove(session: AsyncSession, consortium_id: UUID, starts_on: date | None = None) -> None:
    """Take a month back, or all of a consortium's."""
    statement = delete(PublishedMonth).where(PublishedMonth.organization_id == consortium_id)
    if starts_on is not None:
        statement = statement.where(PublishedMonth.starts_on == starts_on)
    await session.execute(statement)
