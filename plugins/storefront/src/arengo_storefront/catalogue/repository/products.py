"""Queries on what merchants edit, and on the tree of categories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.money import Money
from arengo_storefront.catalogue.models import (
    Category,
    Listing,
    Product,
    ProductPicture,
    ProductState,
    Variant,
)
from arengo_storefront.catalogue.tree import Branch, CategoryTree
from arengo_storefront.catalogue.views import VariantView
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.models import StockItem


async def product(session: AsyncSession, product_id: UUID) -> Product | None:
    """A product that the scope reaches."""
    return await session.get(Product, product_id)


async def products_page(
    session: AsyncSession,
    organization_id: UUID,
    *,
    state: str = "",
    text: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int,
) -> Sequence[Product]:
    """A merchant's products by name, of one state or all, whose name holds a text."""
    statement = (
        select(Product)
        .where(Product.organization_id == organization_id)
        .order_by(Product.name_it, Product.id)
        .limit(limit)
    )
    if state:
        statement = statement.where(Product.state == state)
    if text:
        statement = statement.where(
            or_(
                Product.name_it.icontains(text, autoescape=True),
                Product.name_en.icontains(text, autoescape=True),
            )
        )
    if after is not None:
        statement = statement.where(
            or_(
                Product.name_it > after[0],
                (Product.name_it == after[0]) & (Product.id > after[1]),
            )
        )
    return (await session.execute(statement)).scalars().all()


async def published_of(session: AsyncSession, organization_id: UUID) -> Sequence[Product]:
    """All published products of a merchant."""
    rows = await session.execute(
        select(Product).where(
            Product.organization_id == organization_id,
            Product.state == ProductState.PUBLISHED.value,
        )
    )
    return rows.scalars().all()


async def published_in_category(session: AsyncSession, category_id: UUID) -> dict[UUID, list[UUID]]:
    """Listed products under a category, by merchant."""
    rows = await session.execute(
        select(Listing.organization_id, Listing.id).where(
            Listing.categories.contains([category_id])
        )
    )
    found: dict[UUID, list[UUID]] = {}
    for organization_id, product_id in rows:
        found.setdefault(organization_id, []).append(product_id)
    return found


async def products_by_ids(
    session: AsyncSession, organization_id: UUID, product_ids: Collection[UUID]
) -> Sequence[Product]:
    """Some of a merchant's products."""
    rows = await session.execute(
        select(Product).where(
            Product.organization_id == organization_id, Product.id.in_(product_ids)
        )
    )
    return rows.scalars().all()


async def variants_of(
    session: AsyncSession, organization_id: UUID, product_ids: Collection[UUID]
) -> dict[UUID, list[Variant]]:
    """Variants by product, in their order."""
    rows = await session.execute(
        select(Variant)
        .where(Variant.organization_id == organization_id, Variant.product_id.in_(product_ids))
        .order_by(Variant.position, Variant.id)
    )
    found: dict[UUID, list[Variant]] = {product_id: [] for product_id in product_ids}
    for variant in rows.scalars():
        found[variant.product_id].append(variant)
    return found


async def pictures_of(
    session: AsyncSession, organization_id: UUID, product_ids: Collection[UUID]
) -> dict[UUID, list[ProductPicture]]:
    """Photos by product, in their order."""
    rows = await session.execute(
        select(ProductPicture)
        .where(
            ProductPicture.organization_id == organization_id,
            ProductPicture.product_id.in_(product_ids),
        )
        .order_by(ProductPicture.position, ProductPicture.media_id)
    )
    found: dict[UUID, list[ProductPicture]] = {product_id: [] for product_id in product_ids}
    for picture in rows.scalars():
        found[picture.product_id].append(picture)
    return found


async def variant(session: AsyncSession, variant_id: UUID) -> Variant | None:
    """A variant that the scope reaches."""
    return await session.get(Variant, variant_id)


async def counted(
    session: AsyncSession, organization_id: UUID, variant_ids: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Pieces on hand and reserved, by variant."""
    rows = await session.execute(
        select(StockItem.variant_id, StockItem.on_hand, StockItem.reserved).where(
            StockItem.organization_id == organization_id, StockItem.variant_id.in_(variant_ids)
        )
    )
    return {variant_id: (on_hand, reserved) for variant_id, on_hand, reserved in rows}


async def sku_taken(
    session: AsyncSession, organization_id: UUID, sku: str, but: Collection[UUID]
) -> bool:
    """Whether another variant of the merchant has this article number."""
    found = await session.execute(
        select(Variant.id).where(
            Variant.organization_id == organization_id,
            Variant.sku == sku,
            Variant.id.not_in(but),
        )
    )
    return found.first() is not None


async def slugs_like(session: AsyncSession, organization_id: UUID, prefix: str) -> set[str]:
    """A merchant's taken short names that begin so."""
    rows = await session.execute(
        select(Product.slug).where(
            Product.organization_id == organization_id, Product.slug.startswith(prefix)
        )
    )
    return set(rows.scalars())


async def counts(session: AsyncSession, organization_id: UUID) -> dict[str, int]:
    """How many products a merchant has, by state."""
    rows = await session.execute(
        select(Product.state, func.count())
        .where(Product.organization_id == organization_id)
        .group_by(Product.state)
    )
    return {row[0]: row[1] for row in rows}


async def sold_out_count(session: AsyncSession, organization_id: UUID) -> int:
    """How many published products of a merchant have nothing left."""
    found = await session.execute(
        select(func.count())
        .select_from(Listing)
        .where(Listing.organization_id == organization_id, Listing.in_stock.is_(False))
    )
    return found.scalar_one()


async def category_tree(session: AsyncSession, consortium_id: UUID) -> CategoryTree:
    """All categories of a consortium."""
    rows = await session.execute(
        select(
            Category.id,
            Category.parent_id,
            Category.slug,
            Category.name_it,
            Category.name_en,
            Category.position,
        ).where(Category.organization_id == consortium_id)
    )
    return CategoryTree.of(Branch(*row) for row in rows)


async def category(session: AsyncSession, category_id: UUID) -> Category | None:
    """A category by id."""
    return await session.get(Category, category_id)


async def add_categories(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write new categories; those whose short name is taken stay as they are."""
    await session.execute(insert(Category).values(rows).on_conflict_do_nothing())


async def category_is_used(session: AsyncSession, category_id: UUID) -> bool:
    """Whether listed products or other categories hang on it."""
    statement = select(
        select(Category.id).where(Category.parent_id == category_id).exists()
        | select(Listing.id).where(Listing.categories.contains([category_id])).exists()
    )
    return bool(await session.scalar(statement))


async def categories_by_ids(
    session: AsyncSession, category_ids: Collection[UUID]
) -> dict[UUID, Category]:
    """Categories by id, in one statement."""
    rows = await session.execute(select(Category).where(Category.id.in_(category_ids)))
    return {row.id: row for row in rows.scalars()}


async def own_variants(
    session: AsyncSession, organization_id: UUID, product_ids: Collection[UUID]
) -> dict[UUID, list[VariantView]]:
    """Variants with what is left of them, by product, published or not."""
    kinds = await variants_of(session, organization_id, product_ids)
    stock = await counted(
        session, organization_id, [row.id for rows in kinds.values() for row in rows]
    )
    return {
        product_id: [
            VariantView(
                row.id,
                row.product_id,
                row.sku,
                row.name_it,
                row.name_en,
                Money(row.price, row.currency),
                row.weight_grams,
                stock.get(row.id, (0, 0))[0] - stock.get(row.id, (0, 0))[1],
            )
            for row in rows
        ]
        for product_id, rows in kinds.items()
    }


async def shop_of(session: AsyncSession, organization_id: UUID) -> Shop:
    """The shop of a merchant that has products, thus a shop."""
    rows = await session.execute(select(Shop).where(Shop.organization_id == organization_id))
    return rows.scalar_one()
