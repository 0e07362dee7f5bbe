"""Queries on published products: read by everybody, written by publishing. Few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.money import Money
from arengo_storefront.catalogue.models import Listing, ListingVariant
from arengo_storefront.catalogue.views import ListingView, ProductDetail, VariantView
from arengo_storefront.shops.repository import active_merchants, open_merchants
from arengo_storefront.stock.models import StockItem

CARD: tuple[Any, ...] = (
    Listing.id,
    Listing.organization_id,
    Listing.consortium_id,
    Listing.shop_id,
    Listing.shop_slug,
    Listing.shop_name,
    Listing.town,
    Listing.category_id,
    Listing.slug,
    Listing.name_it,
    Listing.name_en,
    Listing.currency,
    Listing.price_from,
    Listing.price_to,
    Listing.picture_id,
    Listing.in_stock,
    Listing.published_at,
)
"""The columns of a :class:`ListingView`, in its order."""

DETAIL: tuple[Any, ...] = (
    *CARD,
    Listing.municipality_id,
    Listing.description_it,
    Listing.description_en,
    Listing.vat_rate,
    Listing.perishable,
    Listing.made_to_order,
    Listing.pictures,
)
"""The columns of a :class:`ProductDetail`, in its order."""

# What every visitor asks is built once: building a statement costs more than sending it.
_DETAIL = select(*DETAIL).where(Listing.organization_id.in_(active_merchants()))
_BY_SLUG = _DETAIL.where(
    Listing.shop_slug == bindparam("shop_slug"), Listing.slug == bindparam("slug")
)
_VARIANTS = (
    select(
        ListingVariant.id,
        ListingVariant.product_id,
        ListingVariant.sku,
        ListingVariant.name_it,
        ListingVariant.name_en,
        ListingVariant.price,
        ListingVariant.currency,
        ListingVariant.weight_grams,
        func.coalesce(StockItem.on_hand - StockItem.reserved, 0),
    )
    .outerjoin(
        StockItem,
        (StockItem.organization_id == ListingVariant.organization_id)
        & (StockItem.variant_id == ListingVariant.id),
    )
    .where(ListingVariant.product_id == func.any(bindparam("products", type_=ARRAY(Uuid))))
    .order_by(ListingVariant.position)
)
_CHUNK = 400
_KEPT = frozenset({"id", "organization_id", "consortium_id"})


def detail_of(values: tuple[Any, ...]) -> ProductDetail:
    """A product from the values of :data:`DETAIL`."""
    return ProductDetail(*values[:-1], pictures=tuple(values[-1]))


async def by_slug(session: AsyncSession, shop_slug: str, slug: str) -> ProductDetail | None:
    """A published product of an active merchant, by the addresses of its shop and its own."""
    row = (await session.execute(_BY_SLUG, {"shop_slug": shop_slug, "slug": slug})).first()
    return detail_of(tuple(row)) if row else None


async def by_id(session: AsyncSession, product_id: UUID) -> ProductDetail | None:
    """A published product of an active merchant."""
    row = (await session.execute(_DETAIL.where(Listing.id == product_id))).first()
    return detail_of(tuple(row)) if row else None


async def by_ids(session: AsyncSession, product_ids: Collection[UUID]) -> dict[UUID, ListingView]:
    """Published products of active merchants, in one statement."""
    rows = await session.execute(
        select(*CARD).where(
            Listing.id.in_(product_ids), Listing.organization_id.in_(active_merchants())
        )
    )
    return {row[0]: ListingView(*row) for row in rows}


async def on_sale(
    session: AsyncSession, product_ids: Collection[UUID], columns: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    """Columns of published products of merchants with an open shop."""
    rows = await session.execute(
        select(*columns).where(
            Listing.id.in_(product_ids), Listing.organization_id.in_(open_merchants())
        )
    )
    return [tuple(row) for row in rows]


async def details(
    session: AsyncSession, product_ids: Collection[UUID]
) -> dict[UUID, ProductDetail]:
    """Published products of active merchants with all that their pages show."""
    rows = await session.execute(_DETAIL.where(Listing.id.in_(product_ids)))
    return {row[0]: detail_of(tuple(row)) for row in rows}


async def variants(
    session: AsyncSession, product_ids: Sequence[UUID]
) -> dict[UUID, tuple[VariantView, ...]]:
    """Variants with what is left of them, by product, in one statement."""
    found: dict[UUID, list[VariantView]] = {product_id: [] for product_id in product_ids}
    rows = await session.execute(_VARIANTS, {"products": list(product_ids)})
    for key, product_id, sku, name_it, name_en, price, currency, grams, left in rows:
        found[product_id].append(
            VariantView(key, product_id, sku, name_it, name_en, Money(price, currency), grams, left)
        )
    return {product_id: tuple(kinds) for product_id, kinds in found.items()}


async def published_counts(session: AsyncSession) -> dict[UUID, int]:
    """How many products each active merchant shows."""
    rows = await session.execute(
        select(Listing.organization_id, func.count())
        .where(Listing.organization_id.in_(active_merchants()))
        .group_by(Listing.organization_id)
    )
    return {row[0]: row[1] for row in rows}


async def category_counts(session: AsyncSession, consortium_id: UUID) -> dict[UUID, int]:
    """How many shown products are in each category of a market, branches included."""
    category = func.unnest(Listing.categories).label("category")
    listed = (
        select(category)
        .where(
            Listing.consortium_id == consortium_id,
            Listing.organization_id.in_(active_merchants()),
        )
        .subquery()
    )
    rows = await session.execute(
        select(listed.c.category, func.count()).group_by(listed.c.category)
    )
    return {row[0]: row[1] for row in rows}


async def put(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write listings, the same columns in each row; those that are there are changed."""
    for start in range(0, len(rows), _CHUNK):
        statement = insert(Listing).values(rows[start : start + _CHUNK])
        changes = {key: statement.excluded[key] for key in rows[0] if key not in _KEPT}
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))


async def put_variants(
    session: AsyncSession, product_ids: Collection[UUID], rows: Sequence[dict[str, Any]]
) -> None:
    """Write all public variants of products in place of those there were."""
    await session.execute(delete(ListingVariant).where(ListingVariant.product_id.in_(product_ids)))
    await session.execute(insert(ListingVariant), rows)


async def remove(session: AsyncSession, organization_id: UUID, product_id: UUID) -> None:
    """Take a listing away; its public variants go along."""
    await session.execute(
        delete(Listing).where(Listing.organization_id == organization_id, Listing.id == product_id)
    )
