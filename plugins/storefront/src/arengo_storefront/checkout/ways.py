"""Ways in which one shop's goods reach the shopper, and which of them was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.carts.views import CartShop, CartView
from arengo_storefront.orders.states import DeliveryWay

SHOP_KEY = "shop"


@dataclass(frozen=True, slots=True)
class Point:
    """A counter or shop where a parcel waits."""

    id: UUID
    name: str
    address: str
    opening_hours: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way with its price, VAT included. Its title is a msgid: orders outlive languages."""

    key: str
    kind: DeliveryWay
    title: str
    price: Money
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a shop: a way's key, and a point where the way has some."""

    key: str = SHOP_KEY
    point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The way chosen for a shop, with the point where there is one."""

    way: Way
    point: Point | None = None


def at_the_shop() -> Way:
    """Fetching the goods at the shop: always possible, free."""
    return Way(SHOP_KEY, DeliveryWay.SHOP, N_("Fetch it at the shop"), Money(0))


async def ways_for(
    host: Host,
    uow: UnitOfWork,
    weights: Mapping[UUID, int],
    *,
    consortium_id: UUID,
    istat_code: str,
) -> dict[UUID, list[Way]]:
    """What each merchant offers for a weight in grams: the shop, and its delivery's options.

    Couriers need a destination; a delivery service that fails is left out.
    """
    found = {merchant_id: [at_the_shop()] for merchant_id in weights}
    if not partners.HAS_DELIVERY:
        return found
    try:
        delivery, senders = await host.capability_among(uow, partners.Delivery, weights)
        if not senders:
            return found
        options = await delivery.options(
            {merchant_id: weights[merchant_id] for merchant_id in senders},
            consortium_id,
            istat_code or None,
        )
    except ArengoError:
        return found
    for merchant_id, offered in options.items():
        found[merchant_id] += [_way(option) for option in offered]
    return found


def _way(option: partners.DeliveryOption) -> Way:
    return Way(
        option.key,
        DeliveryWay(option.kind.value),
        option.title,
        option.price,
        tuple(
            Point(point.id, point.name, point.address, point.opening_hours)
            for point in option.points
        ),
    )


async def choose(
    host: Host,
    uow: UnitOfWork,
    view: CartView,
    choices: Mapping[UUID, Choice],
) -> dict[UUID, Chosen]:
    """The way that was chosen for each merchant, at its present price.

    InvalidInputError names the first shop that does not offer what was chosen.
    """
    shops = [shop for shop in view.shops if shop.merchant_id in choices]
    travelling = {
        shop.merchant_id: shop.weight_grams
        for shop in shops
        if choices[shop.merchant_id].key != SHOP_KEY
    }
    offered: Mapping[UUID, list[Way]] = {}
    if travelling:
        offered = await ways_for(
            host,
            uow,
            travelling,
            consortium_id=shops[0].consortium_id,
            istat_code=view.cart.istat_code,
        )
    return {
        shop.merchant_id: _chosen(
            shop, choices[shop.merchant_id], offered.get(shop.merchant_id, [at_the_shop()])
        )
        for shop in shops
    }


def _chosen(shop: CartShop, choice: Choice, offered: list[Way]) -> Chosen:
    way = next((way for way in offered if way.key == choice.key), None)
    if way is None:
        raise InvalidInputError(
            "{shop} does not deliver in this way to this place: choose another.",
            field=f"way_{shop.merchant_id}",
            shop=shop.name,
        )
    if way.kind is not DeliveryWay.PICK_UP:
        return Chosen(way)
    point = next((point for point in way.points if point.id == choice.point_id), None)
    if point is None:
        raise InvalidInputError(
            "Choose the pick-up point for the goods of {shop}.",
            field=f"point_{shop.merchant_id}",
            shop=shop.name,
        )
    return Chosen(way, point)
