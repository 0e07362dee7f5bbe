"""Ways in which one shop's goods reach the shopper, and which of them was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.carts.views import CartShop
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
    *,
    merchant_id: UUID,
    consortium_id: UUID,
    weight_grams: int,
    istat_code: str,
) -> list[Way]:
    """What a shop offers: its delivery service's options where it has one, and the shop itself.

    Couriers need a destination; a delivery service that fails is left out.
    """
    if not partners.HAS_DELIVERY:
        return [at_the_shop()]
    try:
        delivery = await host.capability(uow, partners.Delivery, merchant_id)
        options = await delivery.options(
            merchant_id, consortium_id, weight_grams, istat_code or None
        )
    except ArengoError:
        return [at_the_shop()]
    found = [
        Way(
            option.key,
            DeliveryWay(option.kind.value),
            option.title,
            option.price,
            tuple(
                Point(point.id, point.name, point.address, point.opening_hours)
                for point in option.points
            ),
        )
        for option in options
    ]
    return [at_the_shop(), *found]


async def choose(
    host: Host,
    uow: UnitOfWork,
    shop: CartShop,
    *,
    consortium_id: UUID,
    istat_code: str,
    key: str,
    point_id: UUID | None,
) -> Chosen:
    """The way of a key, at its present price. InvalidInputError where it is not offered."""
    if key == SHOP_KEY:
        return Chosen(at_the_shop())
    offered = await ways_for(
        host,
        uow,
        merchant_id=shop.merchant_id,
        consortium_id=consortium_id,
        weight_grams=shop.weight_grams,
        istat_code=istat_code,
    )
    way = next((way for way in offered if way.key == key), None)
    if way is None:
        raise InvalidInputError(
            "{shop} does not deliver in this way to this place: choose another.",
            field=f"way_{shop.merchant_id}",
            shop=shop.name,
        )
    if way.kind is not DeliveryWay.PICK_UP:
        return Chosen(way)
    point = next((point for point in way.points if point.id == point_id), None)
    if point is None:
        raise InvalidInputError(
            "Choose the pick-up point for the goods of {shop}.",
            field=f"point_{shop.merchant_id}",
            shop=shop.name,
        )
    return Chosen(way, point)
