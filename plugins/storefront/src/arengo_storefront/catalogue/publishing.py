"""Listings: the public rows that publishing writes, in the transaction that changes a product."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_storefront.catalogue.models import Product, ProductPicture, Variant
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.catalogue.tree import CategoryTree
from arengo_storefront.shops import repository as shops
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.service import levels


def fold(text: str) -> str:
    """Lower-case ASCII letters and digits, words apart by one space: what trigrams compare."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


async def relist(uow: UnitOfWork, shop: Shop, products: Sequence[Product]) -> None:
    """Write the listings of published products of one shop anew; all in eight statements."""
    if not products:
        return
    await uow.session.flush()
    ids = [product.id for product in products]
    variants = await repository.variants_of(uow.session, shop.organization_id, ids)
    pictures = await repository.pictures_of(uow.session, shop.organization_id, ids)
    tree = await repository.category_tree(uow.session, shop.consortium_id)
    left = await levels(uow.session, [variant.id for rows in variants.values() for variant in rows])
    rows = [
        _listing(shop, product, variants[product.id], pictures[product.id], tree, left)
        for product in products
    ]
    await listings.put(uow.session, rows)
    kinds = [_variant(variant) for product in products for variant in variants[product.id]]
    await listings.put_variants(uow.session, ids, kinds)


async def relist_shop(uow: UnitOfWork, shop: Shop) -> None:
    """Write all listings of a shop anew: its name, which they carry, changed."""
    await relist(uow, shop, await repository.published_of(uow.session, shop.organization_id))


async def relist_category(uow: UnitOfWork, category_id: UUID) -> None:
    """Write the listings under a category anew: its name or its place changed."""
    found = await repository.published_in_category(uow.session, category_id)
    owners = await shops.of_merchants(uow.session, list(found))
    async with uow.widened(found):
        for organization_id, product_ids in found.items():
            products = await repository.products_by_ids(uow.session, organization_id, product_ids)
            await relist(uow, owners[organization_id], products)


async def unlist(uow: UnitOfWork, product: Product) -> None:
    """Take a product out of the market; its public variants go along."""
    await listings.remove(uow.session, product.organization_id, product.id)


def _listing(
    shop: Shop,
    product: Product,
    variants: Sequence[Variant],
    pictures: Sequence[ProductPicture],
    tree: CategoryTree,
    left: dict[UUID, int],
) -> dict[str, Any]:
    path = tree.path(product.category_id)
    names = [branch.name_it for branch in path] + [branch.name_en for branch in path]
    prices = [variant.price for variant in variants]
    kinds = [name for variant in variants for name in (variant.name_it, variant.name_en)]
    return {
        "id": product.id,
        "organization_id": product.organization_id,
        "consortium_id": shop.consortium_id,
        "shop_id": shop.id,
        "shop_slug": shop.slug,
        "shop_name": shop.name,
        "municipality_id": shop.municipality_id,
        "town": shop.town,
        "category_id": product.category_id,
        "categories": [branch.id for branch in path] or [product.category_id],
        "slug": product.slug,
        "name_it": product.name_it,
        "name_en": product.name_en,
        "description_it": product.description_it,
        "description_en": product.description_en,
        "words": " ".join(dict.fromkeys([*names, *kinds, shop.name, shop.town])),
        "folded": fold(
            " ".join(dict.fromkeys([product.name_it, product.name_en, *names, shop.name]))
        ),
        "currency": variants[0].currency,
        "price_from": min(prices),
        "price_to": max(prices),
        "vat_rate": product.vat_rate,
        "perishable": product.perishable,
        "made_to_order": product.made_to_order,
        "picture_id": pictures[0].media_id if pictures else None,
        "pictures": [picture.media_id for picture in pictures],
        "in_stock": any(left.get(variant.id, 0) > 0 for variant in variants),
        "published_at": product.published_at or clock.now(),
        "version": product.version,
    }


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "id": variant.id,
        "organization_id": variant.organization_id,
        "product_id": variant.product_id,
        "position": variant.position,
        "sku": variant.sku,
        "name_it": variant.name_it,
        "name_en": variant.name_en,
        "price": variant.price,
        "currency": variant.currency,
        "weight_grams": variant.weight_grams,
    }
