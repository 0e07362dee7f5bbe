"""Queries on subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_communications.subscriptions.models import Subscription


async def claim(session: AsyncSession, row: dict[str, Any]) -> Subscription:
    """The subscription of an address, made if there was none; locked until commit."""
    await session.execute(
        insert(Subscription)
        .values(row)
        .on_conflict_do_nothing(index_elements=["organization_id", "email_digest"])
    )
    statement = (
        select(Subscription)
        .where(
            Subscription.organization_id == row["organization_id"],
            Subscription.email_digest == row["email_digest"],
        )
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one()


async def get(
    session: AsyncSession, organization_id: UUID, subscription_id: UUID
) -> Subscription | None:
    """A subscription of a municipality."""
    statement = select(Subscription).where(
        Subscription.organization_id == organization_id, Subscription.id == subscription_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def count_confirmed(session: AsyncSession, organization_id: UUID) -> int:
    """How many confirmed subscribers a municipality has."""
    statement = (
        select(func.count())
        .select_from(Subscription)
        .where(
            Subscription.organization_id == organization_id, Subscription.confirmed_at.is_not(None)
        )
    )
    return (await session.execute(statement)).scalar_one()


async def confirmed(
    session: AsyncSession, organization_id: UUID, after: UUID | None, size: int
) -> Sequence[Subscription]:
    """Confirmed subscribers by id, a batch at a time."""
    statement = select(Subscription).where(
        Subscription.organization_id == organization_id, Subscription.confirmed_at.is_not(None)
    )
    if after is not None:
        statement = statement.where(Subscription.id > after)
    statement = statement.order_by(Subscription.id).limit(size)
    return (await session.execute(statement)).scalars().all()
