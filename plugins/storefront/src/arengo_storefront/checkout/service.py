"""Rules of the checkout: who buys, how goods travel, placing the order, paying it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotActiveError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import current_locale
from arengo_core.ids import digest, new_id
from arengo_core.mail.address import check_email
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.carts import repository as cart_rows
from arengo_storefront.carts import service as carts
from arengo_storefront.carts.models import Cart
from arengo_storefront.carts.views import CartView
from arengo_storefront.checkout import paying, rows
from arengo_storefront.checkout.draft import Draft, draft_of
from arengo_storefront.checkout.ways import Choice, choose
from arengo_storefront.orders import repository as orders
from arengo_storefront.orders import service as order_service
from arengo_storefront.orders.errors import NoSuchOrderError, WrongStateError
from arengo_storefront.orders.links import new_number, secret_of
from arengo_storefront.orders.states import OrderState
from arengo_storefront.orders.views import OrderView
from arengo_storefront.stock import service as stock
from arengo_storefront.stock.errors import OutOfStockError
from arengo_storefront.stock.repository import Wanted

PLACE = "storefront.place_order"
_LIMITS = {
    "name": 120,
    "email": 254,
    "phone": 40,
    "street": 160,
    "postcode": 12,
    "city": 80,
    "istat_code": 6,
    "note": 500,
}
_LABELS = {
    "name": "Your name is needed.",
    "street": "Street and number are needed: the courier comes there.",
    "postcode": "The postcode is needed.",
    "city": "The town is needed.",
    "istat_code": "Choose the municipality: the courier's price depends on it.",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that was placed; ``payment_id`` is to be opened now, after commit."""

    order_id: UUID
    number: str
    secret: str
    total: Money
    payment_id: UUID | None


def contact_faults(given: Mapping[str, str]) -> list[InvalidInputError]:
    """All that is wrong with who buys, one a field."""
    faults = [
        InvalidInputError("At most {most} characters are possible.", field=name, most=most)
        for name, most in _LIMITS.items()
        if len(given.get(name, "").strip()) > most
    ]
    if not given.get("name", "").strip():
        faults.append(InvalidInputError(_LABELS["name"], field="name"))
    try:
        check_email(given.get("email", ""))
    except InvalidInputError as error:
        faults.append(error)
    return faults


def contact_of(given: Mapping[str, str]) -> dict[str, str]:
    """Who buys, checked. InvalidInputError names the field."""
    for fault in contact_faults(given):
        raise fault
    values = {name: given.get(name, "").strip() for name in _LIMITS}
    return values | {"email": check_email(values["email"])}


def keep_contact(cart: Cart, given: Mapping[str, str]) -> None:
    """Keep who buys and where to, in a cart that is locked; nothing is ordered yet."""
    for name, value in contact_of(given).items():
        setattr(cart, name, value)


async def keep_ways(
    host: Host,
    uow: UnitOfWork,
    view: CartView,
    choices: Mapping[UUID, Choice],
) -> None:
    """Keep how each merchant's goods travel, in a cart that is locked."""
    if any(view.shop(merchant_id) is None for merchant_id in choices):
        raise InvalidInputError("Your cart has nothing of this shop.", field="merchant_id")
    kept: dict[str, dict[str, str | None]] = dict(view.cart.choices)
    for merchant_id, chosen in (await choose(host, uow, view, choices)).items():
        point = str(chosen.point.id) if chosen.point else None
        kept[str(merchant_id)] = {"key": chosen.way.key, "point": point}
    view.cart.choices = kept


def check_draft(cart: Cart, draft: Draft) -> None:
    """Whether the order could be placed as it stands; the error says what is missing."""
    if draft.view.gone:
        raise ConflictError(
            "Something in your cart is not on sale any more: look at the cart first.",
            code="CART_CHANGED",
        )
    if not draft.parts:
        raise ConflictError("Your cart is empty.", code="CART_EMPTY")
    for part in draft.parts:
        for line in part.shop.lines:
            if not line.goods.on_sale:
                raise ConflictError(
                    "{shop} takes no orders at the moment.", shop=line.goods.shop_name
                )
    if not cart.name or not cart.email:
        raise InvalidInputError(_LABELS["name"], field="name")
    if draft.needs_address:
        for name in ("street", "postcode", "city", "istat_code"):
            if not getattr(cart, name):
                raise InvalidInputError(_LABELS[name], field=name)


async def place(
    host: Host,
    uow: UnitOfWork,
    *,
    cart_id: UUID,
    method: str,
    accepted: bool,
    key: str,
    expected_total: int | None = None,
) -> Placed:
    """Place the order: stock, order, payment, in one transaction. The same key answers the same.

    ``expected_total`` is what the shopper was shown, in minor units: ConflictError when prices
    have changed meanwhile. A cart becomes one order at most, whatever the key.
    """
    if method != paying.COUNTER and not paying.with_payments(host):
        raise NotActiveError("payments")
    await uow.widen([cart_id])
    known = await idempotency.first_answer(uow, PLACE, key)
    if known is not None:
        return await _placed_before(host, uow, known)
    cart = await carts.reach(uow, cart_id, lock=True)
    if cart.order_id is not None:
        await idempotency.remember(uow, PLACE, key, cart.order_id)
        return await _placed_before(host, uow, cart.order_id)
    if not accepted:
        raise InvalidInputError(
            "Accept the conditions of sale and the privacy notice to order.", field="accepted"
        )
    draft = await draft_of(host, uow, await carts.show(uow, cart))
    check_draft(cart, draft)
    if expected_total is not None and expected_total != draft.total.amount:
        raise ConflictError(
            "The price has changed to {total}: look at it and order again.",
            code="PRICE_CHANGED",
            total=draft.total,
        )
    if method == paying.COUNTER and not draft.is_fetched_at_shops:
        raise InvalidInputError(
            "Paying at the counter goes with fetching everything at the shops.", field="method"
        )
    placed = await _place(host, uow, cart, draft, method)
    await idempotency.remember(uow, PLACE, key, placed.order_id)
    return placed


async def _placed_before(host: Host, uow: UnitOfWork, order_id: UUID) -> Placed:
    await uow.widen([order_id])
    order = await orders.order(uow.session, order_id)
    if order is None:
        raise NoSuchOrderError
    waits = order.state == OrderState.PENDING
    return Placed(
        order_id,
        order.number,
        secret_of(host, order_id),
        Money(order.total, order.currency),
        order.payment_id if waits else None,
    )


async def _place(host: Host, uow: UnitOfWork, cart: Cart, draft: Draft, method: str) -> Placed:
    order_id, number, secret = new_id(), new_number(), ""
    secret = secret_of(host, order_id)
    await uow.widen([order_id, *draft.merchants])
    at_counter = method == paying.COUNTER
    reserved_until = None if at_counter else clock.now() + _reservation_life()
    await _take_stock(uow, draft, order_id, reserved_until)
    numbered = rows.number_parts(draft, number)
    due = rows.due_for(cart, draft, numbered, order_id, method, current_locale())
    payment_id = await paying.prepare(host, uow, due)
    made = rows.Made(
        cart=cart,
        draft=draft,
        order_id=order_id,
        number=number,
        numbered=numbered,
        method=method,
        locale=current_locale(),
        payment_id=payment_id,
        reserved_until=reserved_until,
        moment=clock.now(),
    )
    await orders.add(
        uow.session,
        link=rows.link_row(made, digest(secret)),
        order=rows.order_row(made),
        merchant_orders=rows.merchant_order_rows(made),
        lines=rows.line_rows(made),
    )
    await cart_rows.change(uow.session, cart.id, {"order_id": order_id, **rows.FORGOTTEN})
    if at_counter:
        order_service.announce(
            uow,
            order_id,
            [
                (
                    part.shop.merchant_id,
                    numbered[part.shop.merchant_id].id,
                    part.total.amount,
                    part.total.currency,
                )
                for part in draft.parts
            ],
        )
    return Placed(order_id, number, secret, draft.total, None if at_counter else payment_id)


def _reservation_life() -> timedelta:
    return partners.CHECKOUT_LIFE + paying.RELEASE_AFTER


async def _take_stock(uow: UnitOfWork, draft: Draft, order_id: UUID, reserved_until: Any) -> None:
    lines = [line for part in draft.parts for line in part.shop.lines]
    wanted = sorted(
        (
            Wanted(line.goods.organization_id, line.goods.variant_id, line.quantity)
            for line in lines
        ),
        key=lambda item: item.variant_id,
    )
    try:
        if reserved_until is None:
            await stock.sell(uow, order_id, wanted)
        else:
            await stock.reserve(uow, order_id, wanted, reserved_until)
    except OutOfStockError as error:
        titles = {line.goods.variant_id: line.goods.title for line in lines}
        raise error.named(titles[error.variant_id]) from None


async def pay(host: Host, uow: UnitOfWork, view: OrderView) -> UUID:
    """The payment to open for an order that is not paid: the open one, or a new attempt.

    OutOfStockError when the goods went to others meanwhile.
    """
    locked = await order_service.lock(uow, view.id)
    if locked is None:
        raise NoSuchOrderError
    order, parts = locked
    if order.state not in {OrderState.PENDING, OrderState.UNPAID}:
        raise WrongStateError
    if (
        order.state == OrderState.PENDING
        and order.payment_id is not None
        and await paying.is_open(host, uow, order.payment_id)
    ):
        return order.payment_id
    lines = await orders.lines_of(uow.session, [order.id], order.merchants)
    until = clock.now() + _reservation_life()
    await stock.release(uow, order.id, order.merchants)
    try:
        await stock.reserve(uow, order.id, order_service.pieces(lines), until)
    except OutOfStockError as error:
        names = {line.variant_id: line.name_it for line in lines}
        raise error.named(names[error.variant_id]) from None
    order.state, order.attempt = OrderState.PENDING, order.attempt + 1
    due = rows.due_again(order, parts)
    payment_id = await paying.prepare(host, uow, due)
    if payment_id is None:
        raise NotFoundError("There is nothing to pay for this order.")
    order.payment_id = payment_id
    for part in parts:
        part.payment_id = payment_id
    await uow.session.flush()
    await orders.set_reserved_until(uow.session, order.id, until)
    return payment_id
