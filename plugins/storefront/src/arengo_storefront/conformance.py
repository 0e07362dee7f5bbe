"""The search that this plugin brings, tried by its contract's tests."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import pytest

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_storefront.carts import repository as carts
from arengo_storefront.carts.service import CLEAR_AWAY
from arengo_storefront.contract_tests import SearchProviderContract
from arengo_storefront.search.postgresql import POSTGRESQL, PostgresqlSearch

OPEN = {
    "anybody's; it shows shops of members with the service": (
        "/",
        "/search",
        "/market/*",
        "/shops/*",
        "/media/*",
        "Query.shop",
        "Query.shops",
        "Query.search",
        "Query.product",
        "Query.products",
        "Query.categories",
    ),
    "shoppers'; what is sold is looked at when it is placed": (
        "/cart*",
        "/checkout*",
        "Query.cart",
        "Mutation.createCart",
        "Mutation.addToCart",
        "Mutation.updateCartLine",
        "Mutation.removeCartLine",
        "Mutation.setCheckout",
        "Mutation.placeOrder",
    ),
    "an order that was placed is fulfilled, paid and given back after a suspension too": (
        "/orders/*",
        "/desk/orders*",
        "/desk/returns/*",
        "/desk/takings",
        "Query.order",
        "Mutation.payOrder",
        "Mutation.withdrawFromOrder",
        "Mutation.resendOrderLink",
        "event storefront.*",
    ),
    "shops and products are kept up at any time; showing something new asks the gate": (
        "/desk",
        "/desk/shop*",
        "/desk/products*",
        "menu /desk",
        "menu /desk/shop",
    ),
    "by the clock, for all at once: it counts products of members with the service": (
        "job storefront.read_products",
    ),
    "by the clock: it clears old carts away and moves pictures, whoever has the service": (
        "job storefront.clear_carts",
        "job storefront.move_photos",
    ),
    "the consortium's categories": (
        "/office/categories*",
        "menu /office/categories",
    ),
}
"""What names no service, by why it is open; the kit asks for each."""


async def _cart_is_over(host: Host, _member: UUID) -> dict[str, Any]:
    cart_id = new_id()
    async with host.unit_of_work(Caller.program([cart_id])) as uow:
        await carts.add(uow.session, cart_id, None)
        await carts.note_expiry(uow.session, cart_id, clock.now())
    return {}


PAYLOADS = {CLEAR_AWAY.name: _cart_is_over}
"""What jobs are tried with, made for a member; the kit runs each twice."""


class TestPostgresql(SearchProviderContract):
    """Full text, trigrams, and letters that changed places."""

    provider = POSTGRESQL
    typos: ClassVar = (
        ("formagio", "formaggio"),
        ("fomraggio", "formaggio"),
        ("formaggi", "formaggio"),
        ("meile", "miele"),
        ("segael", "segale"),
        ("rododedro", "rododendro"),
        ("pane segael", "segale"),
    )

    @pytest.fixture
    def search(self) -> PostgresqlSearch:
        """There is nothing to set."""
        return PostgresqlSearch()
