"""What merchants do with their orders. Finishing what was begun needs no active service."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.caller import Permission
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.checkout.paying import COUNTER, with_payments
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import parcels, refunds, repository, service
from arengo_storefront.orders.errors import NoSuchOrderError, WrongStateError
from arengo_storefront.orders.models import MerchantOrder, OrderLine
from arengo_storefront.orders.states import MAY_BECOME, DeliveryWay, MerchantOrderState
from arengo_storefront.orders.views import MerchantOrderView, with_lines
from arengo_storefront.permissions import ORDERS, RETURNS
from arengo_storefront.stock import service as stock
from arengo_storefront.stock.repository import Wanted

OPEN_STATES = (
    MerchantOrderState.PLACED,
    MerchantOrderState.PREPARING,
    MerchantOrderState.READY,
    MerchantOrderState.SHIPPED,
)


async def look(uow: UnitOfWork, merchant_id: UUID, merchant_order_id: UUID) -> MerchantOrderView:
    """One of the merchant's orders with its lines. NoSuchOrderError for anybody else's."""
    uow.caller.require(merchant_id, ORDERS)
    row = await repository.merchant_order(uow.session, merchant_id, merchant_order_id)
    if row is None:
        raise NoSuchOrderError
    lines = await repository.lines_of(uow.session, [row.order_id], [merchant_id])
    return with_lines([row], lines)[0]


async def hold(
    uow: UnitOfWork, merchant_id: UUID, merchant_order_id: UUID, permission: Permission = ORDERS
) -> MerchantOrder:
    """One of the merchant's orders, locked until commit, for a caller with the permission."""
    uow.caller.require(merchant_id, permission)
    row = await repository.merchant_order(uow.session, merchant_id, merchant_order_id, lock=True)
    if row is None:
        raise NoSuchOrderError
    return row


def _check_next(row: MerchantOrder, state: MerchantOrderState) -> None:
    if state not in MAY_BECOME[MerchantOrderState(row.state)]:
        raise WrongStateError


async def prepare(uow: UnitOfWork, *, merchant_id: UUID, merchant_order_id: UUID) -> None:
    """Begin to prepare an order."""
    row = await hold(uow, merchant_id, merchant_order_id)
    _check_next(row, MerchantOrderState.PREPARING)
    await service.move(uow, row, MerchantOrderState.PREPARING)


async def ready(host: Host, uow: UnitOfWork, *, merchant_id: UUID, merchant_order_id: UUID) -> None:
    """The goods are packed: the shopper or the courier may come."""
    row = await hold(uow, merchant_id, merchant_order_id)
    if row.state == MerchantOrderState.SHIPPED:
        raise WrongStateError
    _check_next(row, MerchantOrderState.READY)
    await parcels.ready(host, uow, row)
    await service.move(uow, row, MerchantOrderState.READY)
    if row.delivery_way == DeliveryWay.SHOP:
        await notices.to_shopper(uow, row.order_id, NoticeKind.READY, merchant_order_id=row.id)


async def hand_over(
    host: Host,
    uow: UnitOfWork,
    *,
    merchant_id: UUID,
    merchant_order_id: UUID,
    received: bool = False,
) -> None:
    """The shopper has the goods; ``received``: and has paid at the counter."""
    row = await hold(uow, merchant_id, merchant_order_id)
    _check_next(row, MerchantOrderState.HANDED_OVER)
    if row.paid_at is None and row.total:
        if not received:
            raise InvalidInputError(
                "Take {total} first, and confirm that you have it.",
                field="received",
                total=Money(row.total, row.currency),
            )
        await _take_money(host, uow, row)
    row.handed_over_at = clock.now()
    await service.move(uow, row, MerchantOrderState.HANDED_OVER)
    await notices.to_shopper(uow, row.order_id, NoticeKind.HANDED_OVER, merchant_order_id=row.id)


async def receive(
    host: Host, uow: UnitOfWork, *, merchant_id: UUID, merchant_order_id: UUID
) -> None:
    """The counter took the money of an order."""
    row = await hold(uow, merchant_id, merchant_order_id)
    if row.method != COUNTER or row.state == MerchantOrderState.CANCELLED:
        raise WrongStateError
    if row.paid_at is None:
        await _take_money(host, uow, row)


async def _take_money(host: Host, uow: UnitOfWork, row: MerchantOrder) -> None:
    row.paid_at = clock.now()
    await uow.session.flush()
    if row.payment_id is not None and with_payments(host):
        await host.continuing(uow, partners.Payments).received(
            row.payment_id, row.id, f"storefront:{row.id}:received"
        )


async def cancel(
    host: Host, uow: UnitOfWork, *, merchant_id: UUID, merchant_order_id: UUID, reason: str
) -> None:
    """Cancel an order whose goods have not left: money and stock go back."""
    row = await hold(uow, merchant_id, merchant_order_id, RETURNS)
    _check_next(row, MerchantOrderState.CANCELLED)
    reason = reason.strip()
    if not reason:
        raise InvalidInputError("Say why: the shopper reads it in the mail.", field="reason")
    await call_off(host, uow, row, reason="cancelled", key="cancelled")
    await notices.to_shopper(
        uow, row.order_id, NoticeKind.CANCELLED, merchant_order_id=row.id, reason=reason[:500]
    )


async def call_off(
    host: Host, uow: UnitOfWork, row: MerchantOrder, *, reason: str, key: str
) -> None:
    """Undo a locked merchant order wholly: parcel, stock, money, state."""
    await parcels.call_off(host, uow, row)
    lines = await _own_lines(uow, row)
    back = {line.id: line.left for line in lines if line.left}
    await take_back(uow, row, lines, back)
    await refunds.give_back(
        host, uow, row, amount=row.refundable, reason=reason, key=key, lines=_named(back)
    )
    await service.move(uow, row, MerchantOrderState.CANCELLED)


async def refund(
    host: Host,
    uow: UnitOfWork,
    *,
    merchant_id: UUID,
    merchant_order_id: UUID,
    quantities: Mapping[UUID, int],
    delivery: bool,
    restock: bool,
    key: str,
) -> None:
    """Give back the price of some pieces, and of the delivery if told, once a key."""
    row = await hold(uow, merchant_id, merchant_order_id, RETURNS)
    idempotency.check(key)
    if await repository.refund_by_key(uow.session, merchant_id, key) is not None:
        return
    if row.paid_at is None:
        raise ConflictError("Nothing was paid yet: cancel the order instead.")
    lines = await _own_lines(uow, row)
    amount = price_of(lines, quantities) + (row.delivery_total if delivery else 0)
    if amount == 0:
        raise InvalidInputError(
            "Choose what is paid back: at least one piece or the delivery.", field="lines"
        )
    amount = min(amount, row.refundable) if delivery else amount
    wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    await refunds.give_back(
        host, uow, row, amount=amount, reason="by_merchant", key=key, lines=_named(wanted)
    )
    await take_back(uow, row, lines, wanted, restock=restock)


async def _own_lines(uow: UnitOfWork, row: MerchantOrder) -> list[OrderLine]:
    return await repository.lines_of(uow.session, [row.order_id], [row.organization_id])


def price_of(lines: list[OrderLine], quantities: Mapping[UUID, int]) -> int:
    """Price of so many pieces of each line. InvalidInputError for more than there are."""
    by_id = {line.id: line for line in lines}
    amount = 0
    for line_id, quantity in quantities.items():
        line = by_id.get(line_id)
        if line is None:
            raise InvalidInputError("This line is not part of the order.", field="lines")
        if not 0 <= quantity <= line.left:
            raise InvalidInputError(
                "From {minimum} to {maximum} is possible.",
                field=f"quantity_{line.id}",
                minimum=0,
                maximum=line.left,
            )
        amount += line.unit_price * quantity
    return amount


async def take_back(
    uow: UnitOfWork,
    row: MerchantOrder,
    lines: list[OrderLine],
    quantities: Mapping[UUID, int],
    *,
    restock: bool = True,
) -> None:
    """Count pieces of a locked merchant order as returned, and put them back on hand."""
    for line in lines:
        line.returned += quantities.get(line.id, 0)
    await uow.session.flush()
    if restock:
        await put_back(uow, row, lines, quantities)


async def put_back(
    uow: UnitOfWork, row: MerchantOrder, lines: list[OrderLine], quantities: Mapping[UUID, int]
) -> None:
    """Put pieces of an order back on hand."""
    wanted = [
        Wanted(line.organization_id, line.variant_id, quantities[line.id])
        for line in lines
        if quantities.get(line.id)
    ]
    if wanted:
        await stock.restock(uow, row.order_id, sorted(wanted, key=lambda item: item.variant_id))


def _named(quantities: Mapping[UUID, int]) -> dict[str, int]:
    return {str(line_id): quantity for line_id, quantity in quantities.items()}
