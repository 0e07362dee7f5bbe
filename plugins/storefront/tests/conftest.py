"""A small valley: a consortium, two open shops with goods on sale."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from PIL import Image

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.testing.fixtures import application
from arengo_core.testing.serving import serving
from arengo_core.testing.statements import counting
from arengo_marketplace.testing import ConsortiumMade, MemberMade
from arengo_storefront.carts import service as carts
from arengo_storefront.catalogue import service as products
from arengo_storefront.catalogue.drafts import ProductDraft, VariantDraft
from arengo_storefront.catalogue.repository import products as catalogue
from arengo_storefront.checkout import service as checkout
from arengo_storefront.checkout.service import Placed
from arengo_storefront.shops import service as shops

ANNA = {"name": "Anna Prova", "email": "anna@example.it"}


@dataclass(frozen=True, slots=True)
class Goods:
    """A product on sale in one kind."""

    merchant_id: UUID
    product_id: UUID
    variant_id: UUID
    price: int


@dataclass(frozen=True, slots=True)
class Valley:
    """A consortium with two merchants that sell."""

    host: Host
    consortium: ConsortiumMade
    dairy: MemberMade
    bakery: MemberMade
    cheese: Goods
    bread: Goods
    standin: Any = None

    async def sell(self, merchant: MemberMade, name: str, **details: Any) -> Goods:
        """Put a product on sale: price in cents, stock, VAT rate, perishable, made_to_order."""
        price = details.pop("price", 1_000)
        stock = details.pop("stock", 20)
        weight = details.pop("weight_grams", 500)
        async with self.host.unit_of_work(Caller.program([merchant.id])) as uow:
            tree = await catalogue.category_tree(uow.session, self.consortium.id)
            _, branch = next(iter(tree.walk()))
            product = await products.create_product(
                uow,
                organization_id=merchant.id,
                draft=ProductDraft(
                    name_it=name,
                    category_id=branch.id,
                    vat_rate=details.pop("vat_rate", 10),
                    variants=[VariantDraft(price=price, stock=stock, weight_grams=weight)],
                    **details,
                ),
            )
            await products.publish_product(uow, product_id=product.id)
            found = await catalogue.variants_of(uow.session, merchant.id, [product.id])
            variant = found[product.id][0]
        return Goods(merchant.id, product.id, variant.id, price)

    async def fill(self, *lines: tuple[Goods, int]) -> UUID:
        """A cart with goods, of Anna."""
        async with self.host.unit_of_work() as uow:
            cart_id = await carts.create(uow)
        for goods, quantity in lines:
            async with self.host.unit_of_work() as uow:
                await carts.add(
                    uow, cart_id=cart_id, variant_id=goods.variant_id, quantity=quantity
                )
        async with self.host.unit_of_work() as uow:
            checkout.keep_contact(await carts.reach_open(uow, cart_id), ANNA)
        return cart_id

    async def place(self, *lines: tuple[Goods, int], method: str = "counter") -> Placed:
        """An order of Anna's."""
        cart_id = await self.fill(*lines)
        async with self.host.unit_of_work() as uow:
            return await checkout.place(
                self.host,
                uow,
                cart_id=cart_id,
                method=method,
                accepted=True,
                key=f"key-{cart_id}",
            )

    async def left(self, goods: Goods) -> tuple[int, int]:
        """On hand and reserved."""
        from arengo_storefront.stock import repository

        async with self.host.unit_of_work(Caller.program([goods.merchant_id])) as uow:
            levels = await repository.lock(uow.session, [goods.merchant_id], [goods.variant_id])
        level = levels[goods.variant_id]
        return level.on_hand, level.reserved

    async def movements(self, goods: Goods) -> dict[str, int]:
        """Sum of movements by kind."""
        from arengo_storefront.stock import repository

        async with self.host.unit_of_work(Caller.program([goods.merchant_id])) as uow:
            return await repository.movements_by_kind(
                uow.session, goods.merchant_id, goods.variant_id
            )


@pytest.fixture
def make_valley(
    host: Host,
    make_consortium: Callable[..., Awaitable[ConsortiumMade]],
    make_merchant: Callable[..., Awaitable[MemberMade]],
    make_offer: Callable[..., Awaitable[Any]],
    activate: Callable[..., Awaitable[Any]],
) -> Callable[..., Awaitable[Valley]]:
    """``await make_valley()``: two shops, cheese at 12.50 and bread at 3.20, twenty of each."""

    async def make(**options: Any) -> Valley:
        consortium = await make_consortium(**options)
        offer = await make_offer(consortium.id, "storefront")
        merchants: list[MemberMade] = []
        for name in ("Latteria Prova", "Forno Prova"):
            merchant = await make_merchant(consortium.id, consortium.lead.id, name=name)
            await activate(merchant.id, offer)
            async with host.unit_of_work(Caller.program([merchant.id])) as uow:
                await shops.open_shop(
                    uow, host, organization_id=merchant.id, details=shops.ShopDetails(name=name)
                )
            merchants.append(merchant)
        empty = Goods(merchants[0].id, merchants[0].id, merchants[0].id, 0)
        valley = Valley(host, consortium, merchants[0], merchants[1], empty, empty)
        cheese = await valley.sell(valley.dairy, "Formaggio Prova", price=1_250, vat_rate=4)
        bread = await valley.sell(valley.bakery, "Pane Prova", price=320, vat_rate=4)
        return replace(valley, cheese=cheese, bread=bread)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def valley(make_valley: Callable[..., Awaitable[Valley]]) -> AsyncIterator[Valley]:
    """A valley of its own for the test."""
    yield await make_valley()


def photo(
    width: int = 400,
    height: int = 300,
    kind: str = "JPEG",
    colour: tuple[int, int, int] = (180, 60, 30),
) -> bytes:
    """A photo of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


@pytest.fixture
def make_photo() -> Callable[..., bytes]:
    """``make_photo(width, height, kind=, colour=)``: an upload."""
    return photo


@pytest.fixture
def statements(host: Host) -> Iterator[list[str]]:
    """The SQL that the host sends, but for setting scopes; clear it before what is measured."""
    with counting(host, besides="set_config") as seen:
        yield seen


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(host: Host) -> AsyncIterator[str]:
    """The address of the running application."""
    async with serving(application(host)) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def card_valley(
    make_valley: Callable[..., Awaitable[Valley]],
    make_offer: Callable[..., Awaitable[Any]],
    activate: Callable[..., Awaitable[Any]],
    stripe_standin: Any,
    site: str,
) -> Valley:
    """A valley whose shops take cards through the stand-in gateway."""
    valley = await make_valley(
        collecting=True,
        gateway="stripe",
        gateway_settings={
            "secret_key": stripe_standin.secret_key,
            "webhook_secret": stripe_standin.webhook_secret,
            "api_base": stripe_standin.base_url,
        },
    )
    offer = await make_offer(valley.consortium.id, "payments")
    for merchant in (valley.dairy, valley.bakery):
        await activate(merchant.id, offer)
    await stripe_standin.send_webhooks_to(f"{site}/webhooks/payments/stripe/{valley.consortium.id}")
    return replace(valley, standin=stripe_standin)
