"""Queries on offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.offers.models import Offer


async def get(session: AsyncSession, offer_id: UUID) -> Offer | None:
    """An offer by id."""
    return await session.get(Offer, offer_id)


async def by_ids(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Offer]:
    """Offers by id, in one statement."""
    rows = await session.execute(select(Offer).where(Offer.id.in_(list(set(ids)))))
    return {row.id: row for row in rows.scalars().unique()}


async def of_consortium(
    session: AsyncSession, consortium_id: UUID, *, withdrawn: bool = False
) -> Sequence[Offer]:
    """Offers of a consortium by service, without the withdrawn ones unless asked."""
    statement = select(Offer).where(Offer.organization_id == consortium_id)
    if not withdrawn:
        statement = statement.where(Offer.withdrawn_on.is_(None))
    rows = await session.execute(statement.order_by(Offer.service, Offer.id))
    return rows.scalars().unique().all()


async def current(session: AsyncSession, consortium_id: UUID, service: str) -> Offer | None:
    """The offer of a service that members can activate now."""
    statement = select(Offer).where(
        Offer.organization_id == consortium_id,
        Offer.service == service,
        Offer.withdrawn_on.is_(None),
    )
    return (await session.execute(statement)).unique().scalar_one_or_none()
