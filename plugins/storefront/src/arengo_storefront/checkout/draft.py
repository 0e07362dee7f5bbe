"""The checkout's draft: what an order of this cart would be, before it is placed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_storefront.carts.models import Cart
from arengo_storefront.carts.views import CartShop, CartView
from arengo_storefront.checkout.pricing import VatPart, vat_parts
from arengo_storefront.checkout.ways import SHOP_KEY, Choice, Chosen, choose
from arengo_storefront.orders.states import DeliveryWay


@dataclass(frozen=True, slots=True)
class DraftPart:
    """One shop's part: its goods, how they travel, who sells them."""

    shop: CartShop
    chosen: Chosen
    seller: Organization

    @property
    def total(self) -> Money:
        """Goods and delivery, VAT included."""
        return self.shop.total + self.chosen.way.price

    @property
    def vat(self) -> list[VatPart]:
        """The VAT in it, by rate."""
        return vat_parts(
            ((line.goods.vat_rate, line.total.amount) for line in self.shop.lines),
            self.chosen.way.price.amount,
            self.total.currency,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole order before it is placed."""

    view: CartView
    parts: tuple[DraftPart, ...]

    @property
    def delivery(self) -> Money:
        """Price of all deliveries."""
        return Money(sum(part.chosen.way.price.amount for part in self.parts), self.total.currency)

    @property
    def total(self) -> Money:
        """What is paid."""
        return Money(
            sum(part.total.amount for part in self.parts),
            self.parts[0].total.currency if self.parts else "EUR",
        )

    @property
    def needs_address(self) -> bool:
        """Whether anything goes to the shopper's door."""
        return any(part.chosen.way.kind is DeliveryWay.COURIER for part in self.parts)

    @property
    def is_fetched_at_shops(self) -> bool:
        """Whether the shopper fetches everything at the shops, so that counters can be paid."""
        return all(part.chosen.way.kind is DeliveryWay.SHOP for part in self.parts)

    @property
    def consortium_id(self) -> UUID:
        """The consortium whose shops the goods are of."""
        return self.parts[0].shop.consortium_id

    @property
    def merchants(self) -> list[UUID]:
        """The shops' merchants."""
        return [part.shop.merchant_id for part in self.parts]


async def draft_of(host: Host, uow: UnitOfWork, view: CartView) -> Draft:
    """What the cart would cost now, delivery included.

    InvalidInputError names the shop whose chosen delivery is not possible any more.
    """
    cart = view.cart
    sellers = await organizations.by_ids(uow.session, [shop.merchant_id for shop in view.shops])
    chosen = await choose(
        host, uow, view, {shop.merchant_id: _kept(cart, shop.merchant_id) for shop in view.shops}
    )
    return Draft(
        view,
        tuple(
            DraftPart(shop, chosen[shop.merchant_id], sellers[shop.merchant_id])
            for shop in view.shops
        ),
    )


def _kept(cart: Cart, merchant_id: UUID) -> Choice:
    kept = cart.choices.get(str(merchant_id), {})
    point = kept.get("point")
    return Choice(kept.get("key", SHOP_KEY), UUID(point) if point else None)
