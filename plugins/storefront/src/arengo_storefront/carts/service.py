"""Rules of carts: anybody may have one, of goods of one consortium's shops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job, Schedule
from arengo_storefront.carts import repository
from arengo_storefront.carts.models import Cart
from arengo_storefront.carts.views import CartView, view_of
from arengo_storefront.catalogue.repository import sales
from arengo_storefront.stock.errors import OutOfStockError

CART_LIFE = timedelta(days=30)
MOST_PIECES = 999
MOST_LINES = 100


async def create(uow: UnitOfWork, consortium_id: UUID | None = None) -> UUID:
    """A new, empty cart; the first line decides its consortium where none is given."""
    cart_id = new_id()
    await uow.widen([cart_id])
    await repository.add(uow.session, cart_id, consortium_id)
    await repository.note_expiry(uow.session, cart_id, clock.now() + CART_LIFE)
    return cart_id


def blank(cart_id: UUID) -> CartView:
    """What a new cart shows."""
    empty = dict.fromkeys(
        ("name", "email", "phone", "street", "postcode", "city", "istat_code", "note"), ""
    )
    cart = Cart(id=cart_id, organization_id=cart_id, choices={}, **empty)
    return view_of(cart, {}, {})


async def reach(uow: UnitOfWork, cart_id: UUID, *, lock: bool = False) -> Cart:
    """The cart behind a secret that was checked. NotFoundError when it was cleared away."""
    await uow.widen([cart_id])
    cart = await repository.get(uow.session, cart_id, lock=lock)
    if cart is None:
        raise NotFoundError("This cart was cleared away. Begin a new one.")
    return cart


async def reach_open(uow: UnitOfWork, cart_id: UUID) -> Cart:
    """The cart, to change it. ConflictError once it became an order."""
    cart = await reach(uow, cart_id, lock=True)
    if cart.order_id is not None:
        raise ConflictError("This cart was ordered already. Begin a new one.", code="CART_ORDERED")
    return cart


async def show(uow: UnitOfWork, cart: Cart) -> CartView:
    """The cart with what its goods are and cost now."""
    return view_of(cart, *await sales.contents(uow.session, cart.id))


async def add(uow: UnitOfWork, *, cart_id: UUID, variant_id: UUID, quantity: int) -> CartView:
    """Put pieces of a variant into the cart.

    ConflictError when the shop is closed, is another consortium's, or has too few of it.
    """
    _check(quantity, minimum=1)
    cart = await reach_open(uow, cart_id)
    quantities, on_sale = await sales.contents(uow.session, cart_id, also=variant_id)
    quantities[variant_id] += quantity
    if len(quantities) > MOST_LINES:
        raise ConflictError("A cart holds at most {most} products.", most=MOST_LINES)
    view = view_of(cart, quantities, on_sale)
    line = view.line(variant_id)
    if line is None:
        raise NotFoundError("This product is not on sale any more.", field="variant_id")
    goods = line.goods
    if not goods.on_sale:
        raise ConflictError(
            "{shop} takes no orders at the moment.", field="variant_id", shop=goods.shop_name
        )
    if cart.consortium_id not in {None, goods.consortium_id}:
        raise ConflictError(
            "Your cart holds goods of another valley: order those first.", field="variant_id"
        )
    _check_line(view, variant_id)
    cart.consortium_id = goods.consortium_id
    await uow.session.flush()
    await repository.put(
        uow.session, cart_id, variant_id, goods.organization_id, quantities[variant_id]
    )
    return view


async def set_quantity(
    uow: UnitOfWork, *, cart_id: UUID, variant_id: UUID, quantity: int
) -> CartView:
    """Change how many of a variant; 0 takes it out."""
    _check(quantity, minimum=0)
    cart = await reach_open(uow, cart_id)
    if not await repository.set_quantity(uow.session, cart_id, variant_id, quantity):
        raise NotFoundError("This product is not in your cart.", field="variant_id")
    view = await show(uow, cart)
    _check_line(view, variant_id)
    return view


async def join(uow: UnitOfWork, *, arriving_id: UUID, here_id: UUID) -> UUID:
    """A cart comes from a shop's own address: the cart to go on with here.

    The goods of both, where this browser's cart is open and of the same valley.
    """
    arriving = await reach_open(uow, arriving_id)
    try:
        here = await reach_open(uow, here_id)
    except (NotFoundError, ConflictError):
        return arriving_id
    if here.consortium_id not in {None, arriving.consortium_id}:
        return arriving_id
    here_lines = await repository.lines(uow.session, here_id)
    before = {line.variant_id: line.quantity for line in here_lines}
    for line in await repository.lines(uow.session, arriving_id):
        both = min(before.get(line.variant_id, 0) + line.quantity, MOST_PIECES)
        await repository.put(uow.session, here_id, line.variant_id, line.merchant_id, both)
        await repository.set_quantity(uow.session, arriving_id, line.variant_id, 0)
    here.consortium_id = arriving.consortium_id
    await uow.session.flush()
    return here_id


def _check(quantity: int, *, minimum: int) -> None:
    if not minimum <= quantity <= MOST_PIECES:
        raise InvalidInputError(
            "From {minimum} to {maximum} is possible.",
            field="quantity",
            minimum=minimum,
            maximum=MOST_PIECES,
        )


def _check_line(view: CartView, variant_id: UUID) -> None:
    line = view.line(variant_id)
    if line is not None and line.quantity > line.goods.available:
        raise OutOfStockError(variant_id, line.goods.available, line.goods.title)


async def clear_away(host: Host, _payload: dict[str, Any]) -> None:
    """Job: delete carts that are over, with what was typed into them."""
    while True:
        async with host.unit_of_work(Caller.program()) as uow:
            over = await repository.expired(uow.session, clock.now(), 500)
            if not over:
                return
            await uow.widen(over)
            await repository.remove(uow.session, over)


CLEAR_AWAY = Job("storefront.clear_carts", clear_away, title=N_("Clear old carts away"))
SCHEDULES = [Schedule(CLEAR_AWAY, "17 3 * * *")]
