"""Queries on subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_communications.subscriptions.models import Subscription, SubscriptionConsent
from arengo_core.consents.contract import Before


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


async def end_consents(
    session: AsyncSession, organization_id: UUID, email_digest: bytes, at: datetime
) -> None:
    """Let the time run for what an address agreed to."""
    await session.execute(
        update(SubscriptionConsent)
        .where(
            SubscriptionConsent.organization_id == organization_id,
            SubscriptionConsent.email_digest == email_digest,
            SubscriptionConsent.over_at.is_(None),
        )
        .values(over_at=at)
    )


async def consents(
    session: AsyncSession, organization_id: UUID, before: Before | None, limit: int
) -> Sequence[SubscriptionConsent]:
    """A municipality's consents, newest first, before a time and id."""
    statement = select(SubscriptionConsent).where(
        SubscriptionConsent.organization_id == organization_id
    )
    if before is not None:
        statement = statement.where(tuple_(SubscriptionConsent.at, SubscriptionConsent.id) < before)
    statement = statement.order_by(SubscriptionConsent.at.desc(), SubscriptionConsent.id.desc())
    return (await session.execute(statement.limit(limit))).scalars().all()
