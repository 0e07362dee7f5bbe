"""Rules of payments of statements, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import format_money
from arengo_core.money import Money
from arengo_marketplace.contract import OnlinePayment, OnlineState, StatementDue
from arengo_payments.base import CARD, Purpose
from arengo_payments.collecting import repository
from arengo_payments.collecting import service as collecting
from arengo_payments.collecting.models import PaymentRow
from arengo_payments.collecting.states import AttemptState
from arengo_payments.contract import (
    CHECKOUT_LIFE,
    PaymentPart,
    PaymentRequest,
    PaymentState,
    RefundOrder,
)
from arengo_payments.marketplace import marketplace
from arengo_payments.permissions import GIVE_BACK
from arengo_payments.refunds import service as refunds

SMALLEST, LARGEST = 50, 99_999_999
"""Minor units that a hosted page takes (Stripe's limits for EUR)."""

_STATES = {
    PaymentState.PENDING: OnlineState.OPEN,
    PaymentState.OPEN: OnlineState.OPEN,
    PaymentState.UNKNOWN: OnlineState.UNKNOWN,
    PaymentState.PAID: OnlineState.PAID,
    PaymentState.FAILED: OnlineState.FAILED,
    PaymentState.EXPIRED: OnlineState.EXPIRED,
    PaymentState.REFUNDED: OnlineState.RETURNED,
}


def seen(payment: PaymentRow, attempt_state: str | None, url: str | None = None) -> OnlinePayment:
    """A payment as the marketplace sees it."""
    state = _STATES[PaymentState(payment.state)]
    if state is OnlineState.OPEN and attempt_state == AttemptState.PROCESSING:
        state = OnlineState.PROCESSING
    return OnlinePayment(payment.id, payment.subject_id, state, payment.money, url)


async def obstacle(host: Host, uow: UnitOfWork, consortium_id: UUID) -> ArengoError | None:
    """Why nothing can be collected for a consortium; None where something can."""
    async with uow.widened([consortium_id], [consortium_id]):
        entity = await marketplace(host, uow).collecting_entity(consortium_id)
    if entity is not None and entity.is_public_administration:
        return collecting.public_payee(entity, field="online")
    if not collecting.collects_cards(entity):
        return ConflictError(
            "Nobody collects card payments for this consortium yet.",
            field="online",
            code="NOBODY_COLLECTS",
        )
    return None


def beyond(amount: Money) -> ArengoError | None:
    """Why a hosted page does not take an amount; None where it does."""
    if SMALLEST <= amount.amount <= LARGEST:
        return None
    return InvalidInputError(
        "From {minimum} to {maximum} can be paid online.",
        field="amount",
        minimum=format_money(Money(SMALLEST, amount.currency)),
        maximum=format_money(Money(LARGEST, amount.currency)),
    )


async def prepare(host: Host, uow: UnitOfWork, due: StatementDue) -> OnlinePayment:
    """Store a payment of a statement; the same key again gives the same one."""
    hindered = await obstacle(host, uow, due.consortium_id) or beyond(due.amount)
    if hindered is not None:
        raise hindered
    request = PaymentRequest(
        key=due.key,
        order_id=due.statement_id,
        consortium_id=due.consortium_id,
        method=CARD,
        amount=due.amount,
        parts=(PaymentPart(due.consortium_id, due.statement_id, due.amount, due.label),),
        locale=due.locale,
        success_url=due.back_url,
        cancel_url=due.cancel_url,
        expires_at=clock.now() + CHECKOUT_LIFE,
    )
    async with uow.widened([due.consortium_id, due.member_id], [due.consortium_id]):
        known = await repository.payment_by_key(uow.session, due.consortium_id, due.key)
        if known is not None:
            collecting.require_same(known, request)
            return seen(known, None)
        entity = await marketplace(host, uow).collecting_entity(due.consortium_id)
        row, parts = collecting.rows(request)
        row.purpose, row.member_id = Purpose.STATEMENT.value, due.member_id
        uow.session.add_all([row, collecting.address(row), *parts])
        await uow.session.flush()
        await collecting.new_attempt(
            uow, row, collecting.payable_entity(entity), request.expires_at
        )
        return seen(row, None)


async def latest(
    uow: UnitOfWork, consortium_id: UUID, statement_ids: Collection[UUID]
) -> Mapping[UUID, OnlinePayment]:
    """The newest payment of each statement; whoever asks may read the statements."""
    async with uow.widened([consortium_id], [consortium_id]):
        rows = await repository.latest_of_subjects(
            uow.session, consortium_id, Purpose.STATEMENT, statement_ids
        )
        return {row.subject_id: seen(row, attempt_state) for row, attempt_state in rows}


async def give_back(
    uow: UnitOfWork, *, payment_id: UUID, amount: Money, reason: str, key: str
) -> UUID:
    """Ask for money of a statement's payment to go back to who paid it; the refund's id.

    For officers of the consortium. ConflictError when more would go back than came,
    InvalidInputError for another currency than it was paid in.
    """
    consortium_id = await collecting.consortium_of(uow, payment_id)
    if consortium_id not in uow.scope.governs:
        raise NotFoundError("There is no such payment.")
    uow.caller.require(consortium_id, GIVE_BACK)
    payment = await repository.payment(uow.session, consortium_id, payment_id)
    if payment is None or payment.purpose != Purpose.STATEMENT:
        raise NotFoundError("There is no such payment of a statement.")
    if not reason.strip():
        raise InvalidInputError("Say why, for the members to read.", field="reason")
    idempotency.check(key)
    return await refunds.request(
        uow,
        RefundOrder(
            key=key,
            payment_id=payment_id,
            merchant_id=consortium_id,
            merchant_order_id=payment.subject_id,
            amount=amount,
            reason=reason.strip()[:300],
        ),
    )
