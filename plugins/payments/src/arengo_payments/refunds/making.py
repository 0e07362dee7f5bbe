"""Making refunds at the gateway, between transactions."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting import transitions
from arengo_payments.contract import (
    NotFound,
    OutcomeUnknown,
    PaymentGateway,
    RefundDone,
    RefundReason,
    RefundRefused,
    RefundRequest,
    RefundStatus,
)
from arengo_payments.gateways.providers import gateway_of, outcome_of
from arengo_payments.marketplace import marketplace
from arengo_payments.refunds import repository, service
from arengo_payments.refunds.models import RefundRow, RefundState

_Answer = RefundDone | NotFound | RefundRefused | OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask a gateway about a refund."""

    gateway: PaymentGateway
    request: RefundRequest
    reference: str | None
    is_lost: bool


def _unit_of_work(host: Host, consortium_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
    return host.unit_of_work(Caller.program([consortium_id], [consortium_id]))


async def make_refund(host: Host, payload: dict[str, Any]) -> None:
    """Job: make a refund."""
    await make(host, UUID(payload["consortium_id"]), UUID(payload["refund_id"]))


async def make(host: Host, consortium_id: UUID, refund_id: UUID) -> None:
    """Make a refund, or learn what became of it. Safe to repeat from wherever it stopped."""
    order = await _begin(host, consortium_id, refund_id)
    if order is None:
        return
    answer = await _ask(order)
    if isinstance(answer, NotFound):
        order = await _begin_anew(host, consortium_id, refund_id)
        if order is None:
            return
        answer = await outcome_of(order.gateway.refund(order.request))
    await _note(host, consortium_id, refund_id, answer)


async def _ask(order: Order) -> _Answer:
    if order.reference is not None:
        return await outcome_of(order.gateway.fetch_refund(order.reference))
    if order.is_lost:
        request = order.request
        return await outcome_of(
            order.gateway.find_refund(request.idempotency_key, request.payment_reference)
        )
    return await outcome_of(order.gateway.refund(order.request))


async def _begin(host: Host, consortium_id: UUID, refund_id: UUID) -> Order | None:
    async with _unit_of_work(host, consortium_id) as uow:
        refund = await _lock(uow, consortium_id, refund_id)
        if refund is None or refund.state == RefundState.DONE or refund.state in service.OVER:
            return None
        is_lost = refund.state in {RefundState.SENDING, RefundState.UNKNOWN}
        if refund.state == RefundState.REQUESTED:
            refund.state = RefundState.SENDING
        refund.changed_at = clock.now()
        return await _order(host, uow, refund, is_lost)


async def _begin_anew(host: Host, consortium_id: UUID, refund_id: UUID) -> Order | None:
    """The gateway knows nothing of the refund: ask again, under a new key."""
    async with _unit_of_work(host, consortium_id) as uow:
        refund = await _lock(uow, consortium_id, refund_id)
        if refund is None or refund.state not in {RefundState.SENDING, RefundState.UNKNOWN}:
            return None
        refund.number += 1
        refund.state, refund.changed_at = RefundState.SENDING, clock.now()
        await service.name(uow, refund, refund.gateway_key)
        return await _order(host, uow, refund, False)


async def _note(host: Host, consortium_id: UUID, refund_id: UUID, answer: _Answer) -> None:
    async with _unit_of_work(host, consortium_id) as uow:
        refund = await _lock(uow, consortium_id, refund_id)
        assert refund is not None, "refunds are never deleted"
        payment = await payments.payment(uow.session, consortium_id, refund.payment_id)
        assert payment is not None, "a refund belongs to a payment"
        match answer:
            case RefundDone():
                refund.reference = answer.reference
                await service.name(uow, refund, answer.reference)
                if answer.status is RefundStatus.FAILED:
                    await service.failed(host, uow, payment, refund, RefundState.FAILED, None)
                elif answer.status is not RefundStatus.PENDING:
                    await service.done(host, uow, payment, refund)
                elif refund.state != RefundState.DONE and refund.state not in service.OVER:
                    refund.state = RefundState.PENDING
            case RefundRefused(retryable=True):
                if refund.state == RefundState.SENDING:
                    refund.state = RefundState.REQUESTED
            case RefundRefused():
                if refund.state != RefundState.DONE:
                    await service.failed(
                        host, uow, payment, refund, RefundState.REFUSED, answer.code
                    )
            case _:
                if refund.state == RefundState.SENDING:
                    refund.state = RefundState.UNKNOWN


async def return_duplicate(host: Host, payload: dict[str, Any]) -> None:
    """Job: give back the money of an attempt whose payment another attempt had paid."""
    consortium_id = UUID(payload["consortium_id"])
    async with _unit_of_work(host, consortium_id) as uow:
        attempt = await payments.attempt(uow.session, consortium_id, UUID(payload["attempt_id"]))
        assert attempt is not None, "attempts are never deleted"
        payment = await payments.payment(uow.session, consortium_id, attempt.payment_id)
        assert payment is not None, "an attempt belongs to a payment"
        entity = await marketplace(host, uow).collecting_entity(consortium_id)
        gateway = gateway_of(host, entity, attempt.gateway)
    if gateway is None or attempt.payment_reference is None:
        raise UnavailableError("The gateway of this payment is not set up any more.")
    answer = await outcome_of(
        gateway.refund(
            RefundRequest(
                idempotency_key=f"{attempt.key}-duplicate",
                order_id=str(payment.subject_id),
                payment_reference=attempt.payment_reference,
                amount=payment.money,
                reason=RefundReason.DUPLICATE,
            )
        )
    )
    if not isinstance(answer, RefundDone):
        raise UnavailableError("A payment made twice could not be given back yet.")
    async with _unit_of_work(host, consortium_id) as uow:
        uow.audit(consortium_id, "payment.duplicate_returned", "Payment", payment.id)


async def _lock(uow: UnitOfWork, consortium_id: UUID, refund_id: UUID) -> RefundRow | None:
    refund = await repository.refund(uow.session, consortium_id, refund_id)
    if refund is None:
        return None
    await transitions.lock(uow, consortium_id, refund.payment_id)
    return await repository.refund(uow.session, consortium_id, refund_id)


async def _order(host: Host, uow: UnitOfWork, refund: RefundRow, is_lost: bool) -> Order:
    entity = await marketplace(host, uow).collecting_entity(refund.consortium_id)
    gateway = gateway_of(host, entity, refund.gateway)
    if gateway is None:
        raise UnavailableError("The gateway of this payment is not set up any more.")
    payment = await payments.payment(uow.session, refund.consortium_id, refund.payment_id)
    assert payment is not None, "a refund belongs to a payment"
    reference = f"counter_{payment.subject_id}"
    if payment.attempt_id is not None:
        attempt = await payments.attempt(uow.session, refund.consortium_id, payment.attempt_id)
        reference = (attempt.payment_reference if attempt else None) or reference
    request = RefundRequest(
        idempotency_key=refund.gateway_key,
        order_id=str(payment.subject_id),
        payment_reference=reference,
        amount=refund.money,
    )
    pending = refund.reference if refund.state == RefundState.PENDING else None
    return Order(gateway, request, pending, is_lost)
