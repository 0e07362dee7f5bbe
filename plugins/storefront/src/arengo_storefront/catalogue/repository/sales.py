"""What carts and orders ask of the catalogue."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import ActiveService
from arengo_storefront.base import SERVICE
from arengo_storefront.catalogue.models import Listing, ListingVariant
from arengo_storefront.catalogue.views import Sellable
from arengo_storefront.shops.models import Shop
from arengo_storefront.stock.models import StockItem

_ACTIVE = exists().where(
    ActiveService.organization_id == Listing.organization_id, ActiveService.service == SERVICE
)
_SELLABLE = (
    select(
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
    .join(Listing, Listing.id == ListingVariant.product_id)
    .join(Shop, Shop.id == Listing.shop_id)
    .outerjoin(
        StockItem,
        (StockItem.organization_id == ListingVariant.organization_id)
        & (StockItem.variant_id == ListingVariant.id),
    )
    .where(ListingVariant.id.in_(bindparam("variants", expanding=True)))
)


async def sellable(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, Sellable]:
    """Published variants by id, in one statement; withdrawn and unknown ones are absent."""
    if not variant_ids:
        return {}
    rows = await session.execute(_SELLABLE, {"variants": list(variant_ids)})
    return {row[0]: Sellable(*row) for row in rows}
