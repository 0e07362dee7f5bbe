"""Between our words and Stripe's: pure functions, no I/O.

Field names and states are those of Stripe's API reference (Checkout Sessions, Refunds, Events).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutRequest,
    CheckoutState,
    CheckoutStatus,
    GatewayEvent,
    GatewayEventKind,
    MalformedEventError,
    RefundDone,
    RefundRequest,
    RefundStatus,
)

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

ORDER = "order_id"
KEY = "arengo_key"

_KINDS = {
    "checkout.session.completed": GatewayEventKind.CHECKOUT_PAID,
    "checkout.session.async_payment_succeeded": GatewayEventKind.CHECKOUT_PAID,
    "checkout.session.async_payment_failed": GatewayEventKind.CHECKOUT_FAILED,
    "checkout.session.expired": GatewayEventKind.CHECKOUT_EXPIRED,
    "payment_intent.payment_failed": GatewayEventKind.PAYMENT_DECLINED,
    "charge.refunded": GatewayEventKind.PAYMENT_REFUNDED,
    "refund.created": GatewayEventKind.REFUND_UPDATED,
    "refund.updated": GatewayEventKind.REFUND_UPDATED,
    "refund.failed": GatewayEventKind.REFUND_FAILED,
}
_REFUND_STATES = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


def session_params(request: CheckoutRequest) -> SessionCreateParams:
    """A Checkout Session whose payment carries the order as transfer group and metadata."""
    marks = {ORDER: request.order_id, KEY: request.idempotency_key}
    params: SessionCreateParams = {
        "mode": "payment",
        "client_reference_id": request.order_id,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": int(request.expires_at.timestamp()),
        "locale": "it" if request.locale.startswith("it") else "en",
        "line_items": [
            {
                "quantity": line.quantity,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": line.unit_price.amount,
                    "product_data": {"name": line.name},
                },
            }
            for line in request.lines
        ],
        "metadata": marks,
        "payment_intent_data": {
            "transfer_group": request.order_id,
            "metadata": marks,
            "description": f"{request.payee.name} {request.order_id}",
        },
    }
    if request.payer_email:
        params["customer_email"] = request.payer_email
    return params


def refund_params(request: RefundRequest) -> RefundCreateParams:
    """A refund on the payment, marked with the key so that it can be found again."""
    return {
        "payment_intent": request.payment_reference,
        "amount": request.amount.amount,
        "reason": request.reason.value,
        "metadata": {ORDER: request.order_id, KEY: request.idempotency_key},
    }


def checkout_state(session: Mapping[str, Any]) -> CheckoutState:
    """A Checkout Session in our words."""
    metadata: Mapping[str, str] = session.get("metadata") or {}
    return CheckoutState(
        reference=session["id"],
        status=_checkout_status(session),
        amount=_money(session["amount_total"], session["currency"]),
        order_id=session.get("client_reference_id"),
        idempotency_key=metadata.get(KEY),
        payment_reference=_id(session.get("payment_intent")),
        url=session.get("url"),
        expires_at=moment(session["expires_at"]),
    )


def refund_done(refund: Mapping[str, Any]) -> RefundDone:
    """A refund in our words."""
    metadata: Mapping[str, str] = refund.get("metadata") or {}
    return RefundDone(
        reference=refund["id"],
        status=_REFUND_STATES.get(refund.get("status") or "", RefundStatus.PENDING),
        amount=_money(refund["amount"], refund["currency"]),
        payment_reference=_id(refund.get("payment_intent")) or "",
        idempotency_key=metadata.get(KEY),
    )


def gateway_event(event: Mapping[str, Any]) -> GatewayEvent:
    """A verified event in our words. Raises MalformedEventError if it is not one."""
    try:
        return _gateway_event(event)
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEventError(f"not an event that can be read: {error!r}") from error


def moment(seconds: int) -> datetime:
    """A Unix time as UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _gateway_event(event: Mapping[str, Any]) -> GatewayEvent:
    thing: Mapping[str, Any] = event["data"]["object"]
    source_type: str = event["type"]
    kind = _KINDS.get(source_type, GatewayEventKind.OTHER)
    if source_type == "checkout.session.completed" and thing["payment_status"] == "unpaid":
        kind = GatewayEventKind.CHECKOUT_PROCESSING
    metadata: Mapping[str, str] = thing.get("metadata") or {}
    object_type, object_id = thing["object"], thing.get("id")
    is_intent = object_type == "payment_intent"
    return GatewayEvent(
        id=event["id"],
        kind=kind,
        source_type=source_type,
        occurred_at=moment(event["created"]),
        is_live=event["livemode"],
        account=event.get("account"),
        order_id=thing.get("client_reference_id") or metadata.get(ORDER),
        checkout_reference=object_id if object_type == "checkout.session" else None,
        payment_reference=object_id if is_intent else _id(thing.get("payment_intent")),
        refund_reference=object_id if object_type == "refund" else None,
        amount=_event_amount(thing),
        failure_code=_failure_code(thing),
        idempotency_key=metadata.get(KEY),
    )


def _event_amount(thing: Mapping[str, Any]) -> Money | None:
    fields = {"checkout.session": "amount_total", "charge": "amount_refunded"}
    amount = thing.get(fields.get(thing["object"], "amount"))
    currency = thing.get("currency")
    return None if not isinstance(amount, int) or currency is None else _money(amount, currency)


def _failure_code(thing: Mapping[str, Any]) -> str | None:
    error: Mapping[str, str] = thing.get("last_payment_error") or {}
    return error.get("decline_code") or error.get("code") or thing.get("failure_reason")


def _checkout_status(session: Mapping[str, Any]) -> CheckoutStatus:
    match session.get("status"), session["payment_status"]:
        case "complete", "unpaid":
            return CheckoutStatus.PROCESSING
        case "complete", _:
            return CheckoutStatus.PAID
        case "expired", _:
            return CheckoutStatus.EXPIRED
        case _:
            return CheckoutStatus.OPEN


def _money(amount: int, currency: str) -> Money:
    return Money(amount, currency.upper())


def _id(reference: str | Mapping[str, Any] | None) -> str | None:
    """The id of an expandable field, expanded or not."""
    return reference if reference is None or isinstance(reference, str) else reference["id"]
