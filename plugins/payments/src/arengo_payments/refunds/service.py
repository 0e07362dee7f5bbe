"""Rules of refunds, in the caller's transaction: what may go back, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import format_money, gettext
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_payments.base import COUNTER, Purpose
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting import service as collecting
from arengo_payments.collecting import transitions
from arengo_payments.collecting.models import PaymentPartRow, PaymentRow
from arengo_payments.collecting.repository import Named
from arengo_payments.contract import PaymentState, RefundOrder, RefundSettled
from arengo_payments.marketplace import book_return, book_statement
from arengo_payments.refunds import repository
from arengo_payments.refunds.models import RefundRow, RefundState

MAKE_REFUND = "payments.make_refund"
OVER = frozenset({RefundState.REFUSED, RefundState.FAILED})


async def request(uow: UnitOfWork, order: RefundOrder) -> UUID:
    """Store a refund and note the job that makes it; the same key again gives the same one.

    ConflictError when nothing was paid yet, or more would go back than came.
    """
    if order.amount.amount <= 0:
        raise InvalidInputError("A refund is more than zero.", field="amount")
    consortium_id = await collecting.consortium_of(uow, order.payment_id)
    async with uow.widened():
        locked = await transitions.lock(uow, consortium_id, order.payment_id)
        if locked is None:
            raise NotFoundError("There is no such payment.")
        known = await repository.by_key(uow.session, consortium_id, order.key)
        if known is not None:
            return _same(known, order)
        payment, parts = locked
        part = _part(parts, order)
        _check_left(part, order.amount)
        part.refunded += order.amount.amount
        payment.refunded += order.amount.amount
        refund = await _store(uow, payment, part, order)
        uow.audit(
            part.organization_id, "refund.requested", "Refund", refund.id, amount=refund.amount
        )
        uow.enqueue(MAKE_REFUND, {"consortium_id": str(consortium_id), "refund_id": str(refund.id)})
        return refund.id


async def done(host: Host, uow: UnitOfWork, payment: PaymentRow, refund: RefundRow) -> None:
    """The money is on its way to the shopper: book it once. The payment is locked."""
    if refund.state == RefundState.DONE or refund.state in OVER:
        return
    refund.state, refund.settled_at, refund.changed_at = RefundState.DONE, clock.now(), clock.now()
    await _book(host, uow, payment, refund, refund.money, "made")
    made = await repository.of_payments(uow.session, payment.consortium_id, [payment.id])
    back = sum(row.amount for row in made[payment.id] if row.state == RefundState.DONE)
    if back >= payment.amount:
        payment.state = PaymentState.REFUNDED
    _tell(uow, payment, refund, done=True)


async def failed(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    refund: RefundRow,
    state: RefundState,
    code: str | None,
) -> None:
    """Nothing went back, or the bank sent it back: the amount may be refunded again."""
    if refund.state in OVER:
        return
    if refund.state == RefundState.DONE:
        await _book(host, uow, payment, refund, -refund.money, "returned")
    refund.state, refund.failure_code = state, code
    refund.settled_at = refund.changed_at = clock.now()
    for part in await payments.parts(uow.session, payment.consortium_id, payment.id):
        if part.id == refund.part_id:
            part.refunded -= refund.amount
    payment.refunded -= refund.amount
    if payment.state == PaymentState.REFUNDED:
        payment.state = PaymentState.PAID
    _tell(uow, payment, refund, done=False)


async def _book(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    refund: RefundRow,
    amount: Money,
    what: str,
) -> None:
    key = f"refund:{refund.id}:{what}"
    if payment.purpose == Purpose.STATEMENT:
        reason = refund.reason if what == "made" else gettext("The bank sent the refund back.")
        reference = refund.reference or ""
        await book_statement(host, uow, payment, key, -amount, clock.now(), reference, reason)
    elif refund.gateway != COUNTER:
        await book_return(
            host,
            uow,
            consortium_id=refund.consortium_id,
            merchant_id=refund.organization_id,
            amount=amount,
            key=key,
            description=gettext("Refund") if what == "made" else gettext("Refund that came back"),
        )


def _same(known: RefundRow, order: RefundOrder) -> UUID:
    if (known.payment_id, known.money) != (order.payment_id, order.amount):
        raise ConflictError("This key was used for another refund.", field="idempotency_key")
    return known.id


def _part(parts: Sequence[PaymentPartRow], order: RefundOrder) -> PaymentPartRow:
    for part in parts:
        if (part.organization_id, part.merchant_order_id) == (
            order.merchant_id,
            order.merchant_order_id,
        ):
            if part.paid_at is None:
                raise ConflictError("Nothing has been paid for this order yet.")
            return part
    raise NotFoundError("This payment is for other orders.")


def _check_left(part: PaymentPartRow, amount: Money) -> None:
    left = Money(part.amount - part.refunded, part.currency)
    if amount.currency != left.currency:
        raise InvalidInputError(
            "This was paid in {currency}.", field="amount", currency=left.currency
        )
    if left < amount:
        raise ConflictError(
            "At most {left} can still go back.",
            field="amount",
            code="REFUND_TOO_HIGH",
            left=format_money(left),
        )


async def _store(
    uow: UnitOfWork, payment: PaymentRow, part: PaymentPartRow, order: RefundOrder
) -> RefundRow:
    attempt = None
    if payment.attempt_id is not None:
        attempt = await payments.attempt(uow.session, payment.consortium_id, payment.attempt_id)
    moment = clock.now()
    refund = RefundRow(
        id=new_id(),
        organization_id=part.organization_id,
        consortium_id=payment.consortium_id,
        created_at=moment,
        changed_at=moment,
        key=order.key,
        payment_id=payment.id,
        part_id=part.id,
        merchant_order_id=part.merchant_order_id,
        gateway=attempt.gateway if attempt else COUNTER,
        number=1,
        state=RefundState.REQUESTED,
        amount=order.amount.amount,
        currency=order.amount.currency,
        reason=order.reason,
    )
    uow.session.add(refund)
    await uow.session.flush()
    await name(uow, refund, refund.gateway_key)
    return refund


async def name(uow: UnitOfWork, refund: RefundRow, reference: str) -> None:
    """Note a gateway's name for a refund."""
    await payments.name(
        uow.session,
        refund.consortium_id,
        refund.gateway,
        reference,
        Named(refund.payment_id, refund.id),
    )


def _tell(uow: UnitOfWork, payment: PaymentRow, refund: RefundRow, *, done: bool) -> None:
    uow.audit(
        refund.organization_id,
        "refund.done" if done else "refund.failed",
        "Refund",
        refund.id,
        amount=refund.amount,
    )
    if payment.purpose != Purpose.ORDER:
        return
    uow.record(
        RefundSettled(
            organization_id=payment.consortium_id,
            aggregate_id=payment.subject_id,
            refund_id=refund.id,
            payment_id=payment.id,
            merchant_id=refund.organization_id,
            merchant_order_id=refund.merchant_order_id,
            amount=refund.amount,
            currency=refund.currency,
            done=done,
        )
    )
