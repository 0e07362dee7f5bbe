"""Taking webhooks: verified by the consortium's own secret, each event applied once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting import transitions
from arengo_payments.collecting.repository import Named
from arengo_payments.contract import GatewayEvent, GatewayEventKind, PaymentState
from arengo_payments.gateways.providers import gateway_of
from arengo_payments.marketplace import marketplace
from arengo_payments.refunds import repository as refund_rows
from arengo_payments.refunds import service as refunds
from arengo_payments.refunds.models import RefundState
from arengo_payments.webhooks import repository

_log = structlog.get_logger("arengo.payments")


async def take(
    host: Host, consortium_id: UUID, gateway_key: str, body: bytes, headers: Mapping[str, str]
) -> None:
    """Verify and apply a webhook. WebhookError (400), NotFoundError for a wrong address."""
    caller = Caller.program([consortium_id], [consortium_id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        entity = await marketplace(host, uow).collecting_entity(consortium_id)
    gateway = gateway_of(host, entity, gateway_key)
    if gateway is None:
        raise NotFoundError("Nobody collects through this gateway here.")
    event = await gateway.parse_webhook(body, headers)
    async with host.unit_of_work(caller) as uow:
        await apply(host, uow, consortium_id, gateway_key, event)


async def apply(
    host: Host, uow: UnitOfWork, consortium_id: UUID, gateway_key: str, event: GatewayEvent
) -> bool:
    """Store an event and do what it says, in one transaction; False when it was taken before."""
    named = await payments.find(
        uow.session,
        consortium_id,
        gateway_key,
        [
            event.idempotency_key,
            event.refund_reference,
            event.checkout_reference,
            event.payment_reference,
        ],
    )
    is_new = await repository.take(
        uow.session,
        {
            "consortium_id": consortium_id,
            "gateway": gateway_key,
            "event_id": event.id,
            "kind": event.kind.value,
            "source_type": event.source_type,
            "payment_id": named.payment_id if named else None,
            "occurred_at": event.occurred_at,
            "received_at": clock.now(),
        },
    )
    if is_new and named is not None:
        if event.kind in {GatewayEventKind.REFUND_UPDATED, GatewayEventKind.REFUND_FAILED}:
            await _refund(host, uow, consortium_id, named, event)
        else:
            await _checkout(host, uow, consortium_id, named, event)
    return is_new


async def _checkout(
    host: Host, uow: UnitOfWork, consortium_id: UUID, named: Named, event: GatewayEvent
) -> None:
    locked = await transitions.lock(uow, consortium_id, named.payment_id)
    attempt = await payments.attempt(uow.session, consortium_id, named.subject_id)
    if locked is None or attempt is None:
        return
    payment, parts = locked
    if event.checkout_reference is not None:
        await transitions.opened(uow, payment, attempt, event.checkout_reference, None)
    match event.kind:
        case GatewayEventKind.CHECKOUT_PAID:
            await transitions.paid(
                host,
                uow,
                payment,
                parts,
                attempt,
                amount=event.amount,
                payment_reference=event.payment_reference,
            )
        case GatewayEventKind.CHECKOUT_PROCESSING:
            transitions.processing(attempt)
        case GatewayEventKind.CHECKOUT_FAILED:
            transitions.ended(uow, payment, attempt, PaymentState.FAILED, event.failure_code)
        case GatewayEventKind.CHECKOUT_EXPIRED:
            transitions.ended(uow, payment, attempt, PaymentState.EXPIRED)
        case GatewayEventKind.PAYMENT_DECLINED:
            attempt.failure_code = event.failure_code
        case _:
            pass


async def _refund(
    host: Host, uow: UnitOfWork, consortium_id: UUID, named: Named, event: GatewayEvent
) -> None:
    locked = await transitions.lock(uow, consortium_id, named.payment_id)
    refund = await refund_rows.refund(uow.session, consortium_id, named.subject_id)
    if locked is None:
        return
    if refund is None and event.idempotency_key is not None:
        return
    if refund is None:
        _log.warning("refunded_elsewhere", payment_id=str(named.payment_id))
        uow.audit(
            consortium_id,
            "payment.refunded_elsewhere",
            "Payment",
            named.payment_id,
            amount=event.amount.amount if event.amount else 0,
        )
        return
    if event.kind is GatewayEventKind.REFUND_FAILED:
        await refunds.failed(host, uow, locked[0], refund, RefundState.FAILED, event.failure_code)
    elif refund.state == RefundState.PENDING:
        uow.enqueue(
            refunds.MAKE_REFUND,
            {"consortium_id": str(consortium_id), "refund_id": str(refund.id)},
        )
