"""GraphQL types of carts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import strawberry

from arengo_core.api.context import ApiContext, Info
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext as _
from arengo_core.money import Money
from arengo_storefront.carts.secrets import cart_id_of, secret_of
from arengo_storefront.carts.views import CartLineView, CartShop, CartView
from arengo_storefront.checkout.ways import Way, ways_for


def money(value: Money) -> MoneyType:
    """GraphQL's Money."""
    return MoneyType(amount=value.amount, currency=value.currency)


def opened(host: Host, secret: str) -> UUID:
    """The cart that a secret opens. NotFoundError for any other text."""
    cart_id = cart_id_of(host, secret)
    if cart_id is None:
        raise NotFoundError("This is not the secret of a cart.", field="cart")
    return cart_id


@strawberry.type(description="A counter or shop where a parcel waits.")
class CheckoutPoint:
    """GraphQL face of a pick-up point in the checkout."""

    id: strawberry.ID
    name: str
    address: str
    opening_hours: str


@strawberry.type(description="A way in which one shop's goods reach the shopper.")
class DeliveryWayOption:
    """GraphQL face of a delivery way."""

    key: str
    kind: str = strawberry.field(description="`shop`, `courier` or `pick_up`.")
    title: str
    price: MoneyType = strawberry.field(description="VAT included.")
    points: list[CheckoutPoint]

    @classmethod
    def of(cls, way: Way) -> DeliveryWayOption:
        """From the domain's way."""
        return cls(
            key=way.key,
            kind=way.kind.value,
            title=_(way.title),
            price=money(way.price),
            points=[
                CheckoutPoint(
                    id=global_id("PickUpPoint", point.id),
                    name=point.name,
                    address=point.address,
                    opening_hours=point.opening_hours,
                )
                for point in way.points
            ],
        )


@strawberry.type(description="A line of a cart.")
class CartLine:
    """GraphQL face of a cart line."""

    variant_id: strawberry.ID
    title: str
    path: str = strawberry.field(description="The product's page.")
    quantity: int
    available: int = strawberry.field(description="Pieces that can be ordered now.")
    unit_price: MoneyType = strawberry.field(description="VAT included.")
    total: MoneyType

    @classmethod
    def of(cls, line: CartLineView) -> CartLine:
        """From its view."""
        return cls(
            variant_id=global_id("Variant", line.goods.variant_id),
            title=line.goods.title,
            path=line.goods.path,
            quantity=line.quantity,
            available=line.goods.available,
            unit_price=MoneyType.cents(line.goods.price, line.goods.currency),
            total=money(line.total),
        )


@dataclass(slots=True)
class CartWays:
    """How the goods of a cart's shops travel: asked for all of them when the first wants it."""

    view: CartView
    found: dict[UUID, list[Way]] | None = None

    async def of(self, context: ApiContext) -> dict[UUID, list[Way]]:
        """The ways by merchant."""
        async with context.uow.lock:
            if self.found is None:
                self.found = await ways_for(
                    context.host,
                    context.uow,
                    {shop.merchant_id: shop.weight_grams for shop in self.view.shops},
                    consortium_id=self.view.shops[0].consortium_id,
                    istat_code=self.view.cart.istat_code,
                )
        return self.found


@strawberry.type(name="CartShop", description="One shop's part of a cart.")
class CartShopType:
    """GraphQL face of a shop's part."""

    view: strawberry.Private[CartShop]
    ways: strawberry.Private[CartWays]
    merchant_id: strawberry.ID = strawberry.field(description="The Organization that sells.")
    name: str
    slug: str
    lines: list[CartLine]
    total: MoneyType

    @strawberry.field(description="Ways in which these goods can reach the shopper, with prices.")
    async def delivery_options(self, info: Info) -> list[DeliveryWayOption]:
        """Ask the shop's delivery service."""
        ways = await self.ways.of(info.context)
        return [DeliveryWayOption.of(way) for way in ways[self.view.merchant_id]]


@strawberry.type(name="Cart", description="A guest's cart, across the shops of a consortium.")
class CartType:
    """GraphQL face of a cart."""

    secret: str = strawberry.field(description="Opens the cart; keep it to yourself.")
    count: int = strawberry.field(description="Pieces in it.")
    total: MoneyType = strawberry.field(description="Price of the goods, VAT included.")
    name: str
    email: str
    is_ordered: bool
    shops: list[CartShopType]

    @classmethod
    def of(cls, host: Host, view: CartView) -> CartType:
        """From its view."""
        ways = CartWays(view)
        return cls(
            secret=secret_of(host, view.id),
            count=view.count,
            total=money(view.total),
            name=view.cart.name,
            email=view.cart.email,
            is_ordered=view.cart.order_id is not None,
            shops=[
                CartShopType(
                    view=shop,
                    ways=ways,
                    merchant_id=global_id("Organization", shop.merchant_id),
                    name=shop.name,
                    slug=shop.slug,
                    lines=[CartLine.of(line) for line in shop.lines],
                    total=money(shop.total),
                )
                for shop in view.shops
            ],
        )


@strawberry.type
class CartPayload(Payload):
    """A cart after a change."""

    cart: CartType | None = None
