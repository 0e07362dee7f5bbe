"""What carts and orders ask of the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, func, literal_column, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import ActiveService
from arengo_storefront.base import SERVICE
from arengo_storefront.carts.models import CartLine
from arengo_storefront.catalogue.models import Listing, ListingVariant
from arengo_storefront.catalogue.views import Sellable
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.models import StockItem

_ACTIVE = exists().where(
    ActiveService.organization_id == Listing.organization_id, ActiveService.service == SERVICE
)
_FACTS = (
    ListingVariant.id,
    Listing.id,
    Listing.organization_id,
    Listing.consortium_id,
    Listing.shop_id,
    Listing.shop_slug,
    Listing.shop_name,
    Listing.slug,
    Listing.name_it,
    Listing.name_en,
    ListingVariant.name_it,
    ListingVariant.name_en,
    ListingVariant.sku,
    ListingVariant.price,
    ListingVariant.currency,
    Listing.vat_rate,
    ListingVariant.weight_grams,
    Listing.perishable,
    Listing.made_to_order,
    Listing.picture_id,
    and_(Shop.is_open, _ACTIVE),
    func.coalesce(StockItem.on_hand - StockItem.reserved, 0),
)
_STOCK = and_(
    StockItem.organization_id == ListingVariant.organization_id,
    StockItem.variant_id == ListingVariant.id,
)
_SELLABLE = (
    select(*_FACTS)
    .join(Listing, Listing.id == ListingVariant.product_id)
    .join(Shop, Shop.id == Listing.shop_id)
    .outerjoin(StockItem, _STOCK)
    .where(ListingVariant.id.in_(bindparam("variants", expanding=True)))
)
_ALSO = bindparam("also", type_=Uuid)
_IN_CART = union_all(
    select(CartLine.variant_id, CartLine.quantity, CartLine.added_at).where(
        CartLine.organization_id == bindparam("cart_id")
    ),
    select(_ALSO, literal_column("0"), null()).where(_ALSO.is_not(None)),
).subquery("wanted")
_CONTENTS = (
    select(_IN_CART.c.variant_id, _IN_CART.c.quantity, *_FACTS)
    .select_from(_IN_CART)
    .outerjoin(ListingVariant, ListingVariant.id == _IN_CART.c.variant_id)
    .outerjoin(Listing, Listing.id == ListingVariant.product_id)
    .outerjoin(Shop, Shop.id == Listing.shop_id)
    .outerjoin(StockItem, _STOCK)
    .order_by(_IN_CART.c.added_at, _IN_CART.c.variant_id)
)


async def sellable(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, Sellable]:
    """Published variants by id, in one statement; withdrawn and unknown ones are absent."""
    if not variant_ids:
        return {}
    rows = await session.execute(_SELLABLE, {"variants": list(variant_ids)})
    return {row[0]: Sellable(*row) for row in rows}


async def contents(
    session: AsyncSession, cart_id: UUID, also: UUID | None = None
) -> tuple[dict[UUID, int], dict[UUID, Sellable]]:
    """A cart's variants with their quantities in the order they came, and those that are sold.

    ``also`` is looked at as well, as a last line of 0 where the cart has none of it.
    """
    quantities: dict[UUID, int] = {}
    goods: dict[UUID, Sellable] = {}
    rows = await session.execute(_CONTENTS, {"cart_id": cart_id, "also": also})
    for variant_id, quantity, *facts in rows:
        quantities.setdefault(variant_id, quantity)
        if facts[0] is not None:
            goods[variant_id] = Sellable(*facts)
    return quantities, goods
