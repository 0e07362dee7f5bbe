"""How a payment changes: by what a gateway answered or told. Its row is locked before.

Answers and webhooks come in any order and more than once, so each function looks at what is
there: money that arrived outweighs everything, and nothing is booked twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_payments.base import COUNTER, Purpose
from arengo_payments.collecting import repository
from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.collecting.repository import Named
from arengo_payments.collecting.states import COLLECTED, ENDED, AttemptState
from arengo_payments.contract import (
    CheckoutState,
    CheckoutStatus,
    PaymentEnded,
    PaymentState,
    PaymentSucceeded,
)
from arengo_payments.marketplace import book_payment

RETURN_DUPLICATE = "payments.return_duplicate"
_log = structlog.get_logger("arengo.payments")


async def lock(
    uow: UnitOfWork, consortium_id: UUID, payment_id: UUID
) -> tuple[PaymentRow, Sequence[PaymentPartRow]] | None:
    """A payment and all its parts, to be changed by nobody else; reaches their merchants."""
    await uow.widen([consortium_id], [consortium_id])
    payment = await repository.payment(uow.session, consortium_id, payment_id, lock=True)
    if payment is None:
        return None
    parts = await repository.parts(uow.session, consortium_id, payment_id)
    reached = [part.organization_id for part in parts]
    await uow.widen([*reached, *([payment.member_id] if payment.member_id else [])])
    return payment, parts


async def opened(
    uow: UnitOfWork, payment: PaymentRow, attempt: AttemptRow, reference: str, url: str | None
) -> None:
    """The hosted page is there, unless a webhook has told more already."""
    await _name(uow, payment, attempt, reference)
    attempt.reference = reference
    if attempt.state in {AttemptState.OPENING, AttemptState.UNKNOWN}:
        attempt.state, attempt.url, attempt.changed_at = AttemptState.OPEN, url, clock.now()
        if payment.attempt_id == attempt.id and payment.state not in COLLECTED | ENDED:
            payment.state = PaymentState.OPEN


async def paid(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    parts: Sequence[PaymentPartRow],
    attempt: AttemptRow,
    *,
    amount: Money | None,
    payment_reference: str | None,
) -> None:
    """The money of an attempt arrived: book it once, whatever was told before."""
    if amount is not None and amount != payment.money:
        _log.error("paid_amount_differs", payment_id=str(payment.id), attempt_id=str(attempt.id))
        attempt.failure_code = "amount_differs"
        return
    await _name(uow, payment, attempt, payment_reference)
    attempt.payment_reference = attempt.payment_reference or payment_reference
    if attempt.state == AttemptState.PAID:
        return
    moment = clock.now()
    attempt.state, attempt.url, attempt.changed_at = AttemptState.PAID, None, moment
    if payment.state in COLLECTED:
        _log.warning("paid_twice", payment_id=str(payment.id), attempt_id=str(attempt.id))
        uow.enqueue(
            RETURN_DUPLICATE,
            {"consortium_id": str(payment.consortium_id), "attempt_id": str(attempt.id)},
        )
        return
    payment.state, payment.paid_at, payment.attempt_id = PaymentState.PAID, moment, attempt.id
    payment.payer_email = None
    for part in parts:
        part.paid_at = moment
    await book_payment(host, uow, payment, parts, moment, attempt.payment_reference or "")
    _tell_success(uow, payment)


def received(uow: UnitOfWork, payment: PaymentRow, parts: Sequence[PaymentPartRow]) -> None:
    """All parts of a payment were taken at a counter. The merchants hold their money already."""
    if payment.state == PaymentState.DUE and all(part.paid_at for part in parts):
        payment.state, payment.paid_at, payment.payer_email = PaymentState.PAID, clock.now(), None
        _tell_success(uow, payment)


def ended(
    uow: UnitOfWork,
    payment: PaymentRow,
    attempt: AttemptRow | None,
    state: PaymentState,
    code: str | None = None,
) -> None:
    """An attempt ended without money, and the payment with it if that was its present one."""
    if attempt is not None and attempt.state not in {AttemptState.PAID, AttemptState.CLOSED}:
        attempt.state, attempt.url, attempt.changed_at = AttemptState.CLOSED, None, clock.now()
        attempt.failure_code = code or attempt.failure_code
    is_present = attempt is None or attempt.id == payment.attempt_id
    if not is_present or payment.state in COLLECTED | ENDED:
        return
    payment.state, payment.payer_email = state, None
    if payment.purpose != Purpose.ORDER:
        return
    uow.record(
        PaymentEnded(
            organization_id=payment.consortium_id,
            aggregate_id=payment.subject_id,
            payment_id=payment.id,
            state=state.value,
        )
    )


async def learned(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    parts: Sequence[PaymentPartRow],
    attempt: AttemptRow,
    state: CheckoutState,
) -> None:
    """What the gateway says of an attempt's page when asked."""
    match state.status:
        case CheckoutStatus.PAID:
            await opened(uow, payment, attempt, state.reference, state.url)
            await paid(
                host,
                uow,
                payment,
                parts,
                attempt,
                amount=state.amount,
                payment_reference=state.payment_reference,
            )
        case CheckoutStatus.OPEN:
            await opened(uow, payment, attempt, state.reference, state.url)
        case CheckoutStatus.PROCESSING:
            await opened(uow, payment, attempt, state.reference, None)
            processing(attempt)
        case CheckoutStatus.EXPIRED:
            await _name(uow, payment, attempt, state.reference)
            ended(uow, payment, attempt, PaymentState.EXPIRED)


def processing(attempt: AttemptRow) -> None:
    """The payer has done their part, the money is on its way."""
    if attempt.state not in {AttemptState.PAID, AttemptState.CLOSED}:
        attempt.state, attempt.url, attempt.changed_at = AttemptState.PROCESSING, None, clock.now()


async def _name(
    uow: UnitOfWork, payment: PaymentRow, attempt: AttemptRow, reference: str | None
) -> None:
    await repository.name(
        uow.session,
        payment.consortium_id,
        attempt.gateway,
        reference,
        Named(payment.id, attempt.id),
    )


def _tell_success(uow: UnitOfWork, payment: PaymentRow) -> None:
    uow.audit(
        payment.consortium_id,
        "payment.received" if payment.method == COUNTER else "payment.paid",
        "Payment",
        payment.id,
        amount=payment.amount,
    )
    if payment.purpose != Purpose.ORDER:
        return
    uow.record(
        PaymentSucceeded(
            organization_id=payment.consortium_id,
            aggregate_id=payment.subject_id,
            payment_id=payment.id,
            amount=payment.amount,
            currency=payment.currency,
        )
    )
