"""Queries on pledges."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.pledges.models import Pledge

_HOLD = text("select pg_advisory_xact_lock(hashtextextended('marketplace.pledges', 0))")


async def get(session: AsyncSession, pledge_id: UUID) -> Pledge | None:
    """A pledge in scope."""
    return await session.get(Pledge, pledge_id)


async def locked(session: AsyncSession, pledge_id: UUID) -> Pledge:
    """A pledge in scope, locked for its next change and read anew."""
    statement = select(Pledge).where(Pledge.id == pledge_id).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one()


async def hold(session: AsyncSession) -> None:
    """One review of pledges at a time, until the transaction ends."""
    await session.execute(_HOLD)


async def open_of_offer(
    session: AsyncSession, consortium_id: UUID, offer_id: UUID
) -> Sequence[Pledge]:
    """The open pledges of an offer, oldest first."""
    statement = select(Pledge).where(
        Pledge.consortium_id == consortium_id, Pledge.offer_id == offer_id, Pledge.state == "open"
    )
    return (await session.execute(statement.order_by(Pledge.id))).scalars().all()


async def own(session: AsyncSession, organization_id: UUID, offer_id: UUID) -> Pledge | None:
    """A member's open pledge at an offer."""
    statement = select(Pledge).where(
        Pledge.organization_id == organization_id,
        Pledge.offer_id == offer_id,
        Pledge.state == "open",
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def counts(session: AsyncSession, consortium_id: UUID) -> dict[UUID, int]:
    """How many open pledges each offer of a consortium has."""
    statement = (
        select(Pledge.offer_id, func.count())
        .where(Pledge.consortium_id == consortium_id, Pledge.state == "open")
        .group_by(Pledge.offer_id)
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def offers_with_open(session: AsyncSession, consortium_id: UUID) -> Sequence[UUID]:
    """The offers of a consortium at which somebody pledged."""
    return list(await counts(session, consortium_id))
