"""What services may ask to read or write of a member's shop."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant
from arengo_storefront.permissions import ORDERS, PRODUCTS, RETURNS, SHOP

DATA_GRANTS = (
    DataGrant("storefront.shop:read", N_("Your shop's page and opening hours"), (SHOP,)),
    DataGrant("storefront.shop:write", N_("Your shop's page and opening hours"), (SHOP,)),
    DataGrant("storefront.products:read", N_("Your products, prices and stock"), (PRODUCTS,)),
    DataGrant("storefront.products:write", N_("Your products, prices and stock"), (PRODUCTS,)),
    DataGrant(
        "storefront.orders:read",
        N_("Your orders, with the names, addresses and purchases of shoppers"),
        (ORDERS,),
    ),
    DataGrant(
        "storefront.orders:write",
        N_("Your orders: new ones, their state, cancellations"),
        (ORDERS, RETURNS),
    ),
)
