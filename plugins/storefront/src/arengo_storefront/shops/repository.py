"""Queries on shops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import ActiveService
from arengo_storefront.base import SERVICE
from arengo_storefront.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality with shops."""

    municipality_id: UUID
    name: str
    slug: str
    shops: int


def active_merchants() -> Select[UUID]:
    """Organizations whose storefront is active; a subquery for public reads."""
    return select(ActiveService.organization_id).where(ActiveService.service == SERVICE)


def open_merchants() -> Select[UUID]:
    """Organizations whose storefront is active and whose shop is not paused; a subquery."""
    return (
        select(Shop.organization_id)
        .join(ActiveService, ActiveService.organization_id == Shop.organization_id)
        .where(Shop.is_open, ActiveService.service == SERVICE)
    )


def _shown() -> Select[Shop]:
    return select(Shop).where(Shop.organization_id.in_(active_merchants()))


async def shown_by_slug(session: AsyncSession, slug: str) -> Shop | None:
    """A shop whose merchant has an active storefront."""
    return (await session.execute(_shown().where(Shop.slug == slug))).scalar_one_or_none()


async def shown_of_merchant(session: AsyncSession, organization_id: UUID) -> Shop | None:
    """The shown shop of a merchant."""
    return (
        await session.execute(_shown().where(Shop.organization_id == organization_id))
    ).scalar_one_or_none()


async def shown(
    session: AsyncSession,
    *,
    consortium_id: UUID | None = None,
    municipality_id: UUID | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 100,
) -> Sequence[Shop]:
    """Shown shops, by name."""
    statement = _shown().order_by(Shop.name, Shop.id).limit(limit)
    if consortium_id is not None:
        statement = statement.where(Shop.consortium_id == consortium_id)
    if municipality_id is not None:
        statement = statement.where(Shop.municipality_id == municipality_id)
    if after is not None:
        statement = statement.where(
            (Shop.name > after[0]) | ((Shop.name == after[0]) & (Shop.id > after[1]))
        )
    return (await session.execute(statement)).scalars().all()


async def towns(session: AsyncSession, consortium_id: UUID) -> list[Town]:
    """The municipalities of a consortium that have shown shops, by name."""
    rows = await session.execute(
        select(Shop.municipality_id, Shop.town, Shop.town_slug, func.count())
        .where(
            Shop.consortium_id == consortium_id,
            Shop.municipality_id.is_not(None),
            Shop.organization_id.in_(active_merchants()),
        )
        .group_by(Shop.municipality_id, Shop.town, Shop.town_slug)
        .order_by(Shop.town)
    )
    return [Town(*row) for row in rows]


async def by_id(session: AsyncSession, shop_id: UUID) -> Shop | None:
    """A shop, shown or not."""
    return await session.get(Shop, shop_id)


async def by_ids(session: AsyncSession, shop_ids: Collection[UUID]) -> dict[UUID, Shop]:
    """Shops by id, shown or not, in one statement."""
    rows = await session.execute(select(Shop).where(Shop.id.in_(shop_ids)))
    return {shop.id: shop for shop in rows.scalars()}


async def of_merchant(session: AsyncSession, organization_id: UUID) -> Shop | None:
    """The shop of a merchant, shown or not."""
    return (
        await session.execute(select(Shop).where(Shop.organization_id == organization_id))
    ).scalar_one_or_none()


async def of_merchants(
    session: AsyncSession, organization_ids: Collection[UUID]
) -> dict[UUID, Shop]:
    """Shops by their merchant, shown or not, in one statement."""
    rows = await session.execute(select(Shop).where(Shop.organization_id.in_(organization_ids)))
    return {shop.organization_id: shop for shop in rows.scalars()}
