"""The permissions that the storefront asks for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

SHOP = Permission("storefront.shop", N_("Change the shop"), frozenset({Role.MERCHANT}))
PRODUCTS = Permission(
    "storefront.products", N_("Change products and stock"), frozenset({Role.MERCHANT, Role.CLERK})
)
ORDERS = Permission(
    "storefront.orders", N_("Work on orders"), frozenset({Role.MERCHANT, Role.CLERK})
)
RETURNS = Permission(
    "storefront.returns", N_("Cancel orders and give money back"), frozenset({Role.MERCHANT})
)
CATEGORIES = Permission(
    "storefront.categories",
    N_("Change the market's categories"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)

PERMISSIONS = (
    SHOP,
    PRODUCTS,
    ORDERS,
    RETURNS,
    CATEGORIES,
)
