"""Rules of orders as payments and time move them. Each function locks the order first."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.ids import digest
from arengo_storefront.contract import MerchantOrderMoved, MerchantOrderPlaced
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import repository
from arengo_storefront.orders.errors import NoSuchOrderError
from arengo_storefront.orders.models import MerchantOrder, Order, OrderLine
from arengo_storefront.orders.states import MerchantOrderState, OrderState
from arengo_storefront.orders.views import OrderView, with_lines
from arengo_storefront.stock import service as stock
from arengo_storefront.stock.repository import Wanted

CONFIRMED_JOB = "storefront.order_confirmed"
REFUND_PAYMENT_JOB = "storefront.refund_payment"
CLOSE_PAGE_JOB = "storefront.close_payment_page"


def pieces(lines: Iterable[OrderLine]) -> list[Wanted]:
    """What of the stock an order's lines are, in variant order."""
    wanted = [Wanted(line.organization_id, line.variant_id, line.quantity) for line in lines]
    return sorted(wanted, key=lambda item: item.variant_id)


async def by_secret(uow: UnitOfWork, secret: str) -> OrderView:
    """The order behind a secret link; reaches the order and its shops. NoSuchOrderError."""
    link = await repository.link_by_digest(uow.session, digest(secret))
    if link is None:
        raise NoSuchOrderError
    return await reach(uow, link.order_id, link.merchants)


async def reach(uow: UnitOfWork, order_id: UUID, merchants: Iterable[UUID]) -> OrderView:
    """An order with all its parts, for a caller who may see it."""
    merchants = list(merchants)
    await uow.widen([order_id, *merchants])
    order = await repository.order(uow.session, order_id)
    if order is None:
        raise NoSuchOrderError
    rows = await repository.merchant_orders_of(uow.session, order_id, merchants)
    lines = await repository.lines_of(uow.session, [order_id], merchants)
    return OrderView(order, with_lines(rows, lines))


async def lock(uow: UnitOfWork, order_id: UUID) -> tuple[Order, list[MerchantOrder]] | None:
    """An order and its merchant orders, to be changed by nobody else until commit."""
    await uow.widen([order_id])
    order = await repository.order(uow.session, order_id, lock=True)
    if order is None:
        return None
    await uow.widen(order.merchants)
    return order, await repository.merchant_orders_of(
        uow.session, order_id, order.merchants, lock=True
    )


def announce(uow: UnitOfWork, order_id: UUID, parts: Iterable[tuple[UUID, UUID, int, str]]) -> None:
    """Tell that an order is confirmed: its merchant orders as (merchant, id, total, currency)."""
    for merchant_id, merchant_order_id, total, currency in parts:
        uow.record(
            MerchantOrderPlaced(
                organization_id=merchant_id,
                aggregate_id=merchant_order_id,
                order_id=order_id,
                total=total,
                currency=currency,
            )
        )
    uow.enqueue(CONFIRMED_JOB, {"order": str(order_id)})


async def move(uow: UnitOfWork, row: MerchantOrder, state: MerchantOrderState) -> None:
    """Bring a locked merchant order to a state, note it and tell."""
    row.state = state.value
    await uow.session.flush()
    await repository.add_step(uow.session, repository.step_row(row, uow.caller.user_id))
    uow.record(
        MerchantOrderMoved(
            organization_id=row.organization_id,
            aggregate_id=row.id,
            order_id=row.order_id,
            state=state.value,
        )
    )


async def paid(uow: UnitOfWork, order_id: UUID, payment_id: UUID) -> None:
    """Money arrived for an order: once or more often, in time or late, wanted or not."""
    locked = await lock(uow, order_id)
    if locked is None:
        return
    order, parts = locked
    if order.state in {OrderState.CONFIRMED, OrderState.CANCELLED}:
        await _paid_again(uow, order, parts, payment_id)
        return
    lines = await repository.lines_of(uow.session, [order_id], order.merchants)
    sold = await stock.sell_reserved(uow, order_id, order.merchants)
    if not sold and not await stock.take_again(uow, order_id, pieces(lines)):
        await _paid_too_late(uow, order, parts, payment_id)
        return
    if order.payment_id is not None and order.payment_id != payment_id:
        uow.enqueue(CLOSE_PAGE_JOB, {"payment": str(order.payment_id)})
    moment = clock.now()
    order.state, order.payment_id = OrderState.CONFIRMED, payment_id
    order.confirmed_at = order.paid_at = moment
    for part in parts:
        part.state, part.payment_id = MerchantOrderState.PLACED, payment_id
        part.paid_at = part.placed_at = moment
    await uow.session.flush()
    await repository.set_reserved_until(uow.session, order_id, None)
    announce(
        uow,
        order_id,
        [(part.organization_id, part.id, part.total, part.currency) for part in parts],
    )


async def _paid_again(
    uow: UnitOfWork, order: Order, parts: list[MerchantOrder], payment_id: UUID
) -> None:
    if payment_id == order.payment_id:
        if order.state == OrderState.CONFIRMED and order.paid_at is None:
            order.paid_at = clock.now()
            for part in parts:
                part.paid_at = part.paid_at or order.paid_at
        return
    _give_back(uow, order, payment_id)


async def _paid_too_late(
    uow: UnitOfWork, order: Order, parts: list[MerchantOrder], payment_id: UUID
) -> None:
    """The goods went to others meanwhile: all the money goes back, and both sides are told."""
    order.state, order.payment_id, order.paid_at = OrderState.CANCELLED, payment_id, clock.now()
    for part in parts:
        part.payment_id, part.paid_at = payment_id, order.paid_at
        await move(uow, part, MerchantOrderState.CANCELLED)
        await notices.to_merchant(uow, part, NoticeKind.LATE_FOR_MERCHANT)
    await uow.session.flush()
    await repository.set_reserved_until(uow.session, order.id, None)
    await notices.to_shopper(uow, order.id, NoticeKind.PAID_TOO_LATE)
    _give_back(uow, order, payment_id)


def _give_back(uow: UnitOfWork, order: Order, payment_id: UUID) -> None:
    uow.enqueue(
        REFUND_PAYMENT_JOB,
        {"order": str(order.id), "payment": str(payment_id)},
        dedupe=f"refund:{payment_id}",
    )


async def ended(uow: UnitOfWork, order_id: UUID, payment_id: UUID) -> None:
    """A payment ended without money: the stock is free again, the order can be paid anew."""
    locked = await lock(uow, order_id)
    if locked is None:
        return
    order, _ = locked
    if order.state != OrderState.PENDING or order.payment_id != payment_id:
        return
    await let_go(uow, order)
    await notices.to_shopper(uow, order.id, NoticeKind.PAYMENT_FAILED, str(order.attempt))


async def let_go(uow: UnitOfWork, order: Order) -> None:
    """Release what a locked, unpaid order has reserved."""
    await stock.release(uow, order.id, order.merchants)
    order.state = OrderState.UNPAID
    await uow.session.flush()
    await repository.set_reserved_until(uow.session, order.id, None)
