"""A cart as pages and the API show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from arengo_core.money import Money
from arengo_storefront.carts.models import Cart
from arengo_storefront.catalogue.views import Sellable


@dataclass(frozen=True, slots=True)
class CartLineView:
    """A line whose product is still published."""

    goods: Sellable
    quantity: int

    @property
    def total(self) -> Money:
        """Price of the line, VAT included."""
        return Money(self.goods.price * self.quantity, self.goods.currency)

    @property
    def fits(self) -> bool:
        """Whether it can be ordered as it stands."""
        return self.goods.on_sale and self.quantity <= self.goods.available


@dataclass(frozen=True, slots=True)
class CartShop:
    """The lines of one shop."""

    merchant_id: UUID
    name: str
    slug: str
    lines: tuple[CartLineView, ...]

    @property
    def total(self) -> Money:
        """Price of the shop's goods."""
        return Money(sum(line.total.amount for line in self.lines), self.lines[0].goods.currency)

    @property
    def consortium_id(self) -> UUID:
        """The consortium in whose market the shop sells."""
        return self.lines[0].goods.consortium_id

    @property
    def weight_grams(self) -> int:
        """What the parcel weighs."""
        return sum(line.goods.weight_grams * line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart with its goods as they are on sale now; ``gone`` lines are no longer published."""

    cart: Cart
    shops: tuple[CartShop, ...]
    gone: int

    @property
    def id(self) -> UUID:
        """The cart's id."""
        return self.cart.id

    @property
    def count(self) -> int:
        """How many pieces."""
        return sum(line.quantity for shop in self.shops for line in shop.lines)

    @property
    def total(self) -> Money:
        """Price of all goods, without delivery."""
        currency = self.shops[0].lines[0].goods.currency if self.shops else "EUR"
        return Money(sum(shop.total.amount for shop in self.shops), currency)

    @property
    def fits(self) -> bool:
        """Whether everything in it can be ordered."""
        return bool(self.shops) and all(line.fits for shop in self.shops for line in shop.lines)

    def line(self, variant_id: UUID) -> CartLineView | None:
        """The line of a variant, if it is on sale."""
        for shop in self.shops:
            for line in shop.lines:
                if line.goods.variant_id == variant_id:
                    return line
        return None

    def shop(self, merchant_id: UUID) -> CartShop | None:
        """The shop of a merchant, if the cart has something of it."""
        return next((shop for shop in self.shops if shop.merchant_id == merchant_id), None)


def view_of(cart: Cart, quantities: Mapping[UUID, int], goods: Mapping[UUID, Sellable]) -> CartView:
    """Group a cart's lines by shop, in the order in which they came."""
    grouped: dict[UUID, list[CartLineView]] = {}
    gone = 0
    for variant_id, quantity in quantities.items():
        found = goods.get(variant_id)
        if found is None:
            gone += 1
            continue
        grouped.setdefault(found.organization_id, []).append(CartLineView(found, quantity))
    shops = tuple(
        CartShop(merchant_id, own[0].goods.shop_name, own[0].goods.shop_slug, tuple(own))
        for merchant_id, own in grouped.items()
    )
    return CartView(cart, shops, gone)
