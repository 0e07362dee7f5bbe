"""Money back for merchant orders: asked of payments, counted at once, settled by event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_storefront import partners
from arengo_storefront.checkout.paying import with_payments
from arengo_storefront.notices import service as notices
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders import repository
from arengo_storefront.orders.models import MerchantOrder, OrderRefund

REQUESTED, DONE, REFUSED, BY_HAND = "requested", "done", "refused", "by_hand"


async def give_back(
    host: Host,
    uow: UnitOfWork,
    part: MerchantOrder,
    *,
    amount: int,
    reason: str,
    key: str,
    lines: dict[str, int] | None = None,
) -> OrderRefund | None:
    """Ask for money back on a locked merchant order; once a key.

    None where nothing was paid or nothing is to go back. ConflictError for more than is left.
    Without the payments plugin the merchant gives it back by hand.
    """
    known = await repository.refund_by_key(uow.session, part.organization_id, key)
    if known is not None:
        return known
    if part.paid_at is None or amount == 0:
        return None
    if amount > part.refundable:
        raise ConflictError(
            "At most {left} can still go back for this order.",
            field="amount",
            left=Money(part.refundable, part.currency),
        )
    refund_id: UUID | None = None
    if part.payment_id is not None and with_payments(host):
        refund_id = await host.continuing(uow, partners.Payments).refund(
            partners.RefundOrder(
                key=f"storefront:{part.id}:{key}",
                payment_id=part.payment_id,
                merchant_id=part.organization_id,
                merchant_order_id=part.id,
                amount=Money(amount, part.currency),
                reason=reason,
            )
        )
    row = OrderRefund(
        id=new_id(),
        organization_id=part.organization_id,
        order_id=part.order_id,
        merchant_order_id=part.id,
        key=key,
        refund_id=refund_id,
        amount=amount,
        currency=part.currency,
        reason=reason,
        lines=lines or {},
        state=REQUESTED if refund_id is not None else BY_HAND,
    )
    uow.session.add(row)
    part.refunded += amount
    await uow.session.flush()
    uow.audit(part.organization_id, "order.refunded", "MerchantOrder", part.id, amount=amount)
    if refund_id is None:
        await _tell(uow, row)
    return row


async def settled(uow: UnitOfWork, *, merchant_id: UUID, refund_id: UUID, done: bool) -> None:
    """Payments says what became of a refund; said again, it changes nothing."""
    await uow.widen([merchant_id])
    row = await repository.refund_settled(uow.session, merchant_id, refund_id)
    if row is None or row.settled_at is not None:
        return
    row.settled_at, row.state = clock.now(), DONE if done else REFUSED
    if done:
        await _tell(uow, row)
        return
    part = await repository.merchant_order(
        uow.session, merchant_id, row.merchant_order_id, lock=True
    )
    if part is not None:
        part.refunded -= row.amount
        facts: dict[str, Any] = {"amount": row.amount}
        await notices.to_merchant(uow, part, NoticeKind.REFUND_REFUSED, str(row.id), **facts)


async def _tell(uow: UnitOfWork, row: OrderRefund) -> None:
    await notices.to_shopper(
        uow,
        row.order_id,
        NoticeKind.REFUNDED,
        str(row.id),
        merchant_order_id=row.merchant_order_id,
        amount=row.amount,
    )
