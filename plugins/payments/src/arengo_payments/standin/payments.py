"""PaymentIntents, their charges and refunds."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from arengo_payments.standin.cards import BY_METHOD, TestCard
from arengo_payments.standin.errors import ApiError, invalid
from arengo_payments.standin.forms import Json
from arengo_payments.standin.params import CreateIntent, CreateRefund
from arengo_payments.standin.world import World, metadata, new_id

_PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as typed on the page."""

    email: str | None = None
    name: str | None = None


def create_intent(world: World, params: CreateIntent) -> Json:
    """A PaymentIntent, unconfirmed."""
    currency = params.currency.lower()
    intent = world.new(
        "payment_intent",
        "pi_",
        amount=params.amount,
        amount_capturable=0,
        amount_received=0,
        application=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        confirmation_method="automatic",
        currency=currency,
        customer=params.customer,
        description=params.description,
        last_payment_error=None,
        latest_charge=None,
        livemode=False,
        metadata=metadata(params.metadata),
        next_action=None,
        payment_method=None,
        payment_method_options={},
        payment_method_types=["card"],
        receipt_email=params.receipt_email,
        status="requires_payment_method",
        transfer_group=params.transfer_group,
    )
    intent["client_secret"] = f"{intent['id']}_secret_{new_id('')}"
    world.emit("payment_intent.created", intent)
    return intent


def card_of(method: str | None) -> TestCard:
    """The card behind one of Stripe's test payment methods. Raises ApiError."""
    if method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    if method not in BY_METHOD:
        raise ApiError(
            404,
            f"No such PaymentMethod: '{method}'",
            code="resource_missing",
            param="payment_method",
        )
    return BY_METHOD[method]


def attempt(
    world: World, intent: Json, card: TestCard, payer: Payer, return_url: str | None = None
) -> None:
    """Try the card. Raises ApiError (402) when it is declined; may leave `requires_action`."""
    if intent["status"] not in _PAYABLE:
        raise invalid(
            f"This PaymentIntent's payment_method could not be updated because it has a status"
            f" of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    method = _payment_method(world, card, payer)
    if card.decline is not None:
        _decline(
            world,
            intent,
            method,
            card.decline.code,
            card.decline.message,
            card.decline.decline_code,
        )
    intent.update(payment_method=method["id"], last_payment_error=None)
    if card.must_authenticate:
        url = f"{world.origin}/c/authenticate/{intent['id']}"
        redirect = {"return_url": return_url, "url": url}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
        intent["status"] = "requires_action"
        world.emit("payment_intent.requires_action", intent)
        return
    _charge(world, intent, authenticated=False)


def authenticate(world: World, intent: Json, *, approved: bool) -> None:
    """End a 3-D Secure challenge. Raises ApiError (402) when it failed, 400 when none is open."""
    if intent["status"] != "requires_action":
        raise invalid(
            "This payment awaits no authentication.", code="payment_intent_unexpected_state"
        )
    intent["next_action"] = None
    if not approved:
        method = world.get("payment_method", intent["payment_method"])
        code = "payment_intent_authentication_failure"
        _decline(world, intent, method, code, NOT_AUTHENTICATED)
    _charge(world, intent, authenticated=True)


def cancel_intent(world: World, intent: Json, reason: str | None) -> Json:
    """Cancel a payment that has not succeeded. Raises ApiError."""
    if intent["status"] not in _PAYABLE:
        raise invalid(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    intent.update(
        status="canceled",
        canceled_at=world.now(),
        cancellation_reason=reason,
        next_action=None,
    )
    world.emit("payment_intent.canceled", intent)
    return intent


def create_refund(world: World, params: CreateRefund) -> Json:
    """Refund a charge, whole or in part. Raises ApiError when more is asked than is left."""
    charge = _refundable(world, params)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    amount = left if params.amount is None else params.amount
    if amount > left:
        raise invalid(
            f"Refund amount ({amount} {charge['currency']}) is greater than unrefunded amount on"
            f" charge ({left} {charge['currency']})",
            "amount",
        )
    refund = world.new(
        "refund",
        "re_",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=metadata(params.metadata),
        payment_intent=charge["payment_intent"],
        reason=params.reason,
        receipt_number=None,
        source_transfer_reversal=None,
        status="succeeded",
        transfer_reversal=None,
    )
    _count_refund(charge, amount)
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    world.emit("refund.updated", refund)
    return refund


def fail_refund(world: World, refund: Json) -> Json:
    """The bank sends a refund back: the money returns to the balance."""
    if refund["status"] == "failed":
        raise invalid("This refund has already failed.")
    refund.update(status="failed", failure_reason="expired_or_canceled_card")
    _count_refund(world.get("charge", refund["charge"]), -refund["amount"])
    world.emit("refund.failed", refund)
    return refund


def _refundable(world: World, params: CreateRefund) -> Json:
    if params.charge is not None:
        return world.get("charge", params.charge, "charge")
    if params.payment_intent is None:
        raise invalid(
            "One of the following params should be provided for this request:"
            " payment_intent or charge.",
            code="parameter_missing",
        )
    intent = world.get("payment_intent", params.payment_intent, "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return world.get("charge", intent["latest_charge"])


def _count_refund(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _payment_method(world: World, card: TestCard, payer: Payer) -> Json:
    return world.new(
        "payment_method",
        "pm_",
        billing_details={
            "address": None,
            "email": payer.email,
            "name": payer.name,
            "phone": None,
            "tax_id": None,
        },
        card={
            "brand": card.brand,
            "checks": None,
            "country": "IT",
            "exp_month": 12,
            "exp_year": 2040,
            "funding": "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": None,
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        customer=None,
        livemode=False,
        metadata={},
        type="card",
    )


def _decline(
    world: World,
    intent: Json,
    method: Json,
    code: str,
    message: str,
    decline_code: str | None = None,
) -> None:
    charge = _new_charge(world, intent, method, "failed")
    charge.update(failure_code=code, failure_message=message)
    error = {"type": "card_error", "code": code, "message": message, "payment_method": method}
    if decline_code is not None:
        error["decline_code"] = decline_code
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        latest_charge=charge["id"],
        last_payment_error=error,
    )
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    raise ApiError(
        402,
        message,
        kind="card_error",
        code=code,
        decline_code=decline_code,
        charge=charge["id"],
        payment_intent=copy.deepcopy(intent),
    )


def _charge(world: World, intent: Json, *, authenticated: bool) -> None:
    method = world.get("payment_method", intent["payment_method"])
    charge = _new_charge(world, intent, method, "succeeded")
    if authenticated:
        secure = {"result": "authenticated", "result_reason": None, "version": "2.2.0"}
        charge["payment_method_details"]["card"]["three_d_secure"] = secure
    intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
    world.emit("charge.succeeded", charge)
    world.emit("payment_intent.succeeded", intent)


def _new_charge(world: World, intent: Json, method: Json, status: str) -> Json:
    is_paid = status == "succeeded"
    card = method["card"]
    return world.new(
        "charge",
        "ch_",
        amount=intent["amount"],
        amount_captured=intent["amount"] if is_paid else 0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details=method["billing_details"],
        captured=is_paid,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        livemode=False,
        metadata=dict(intent["metadata"]),
        outcome=None,
        paid=is_paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={
            "type": "card",
            "card": {
                "brand": card["brand"],
                "checks": None,
                "country": card["country"],
                "exp_month": card["exp_month"],
                "exp_year": card["exp_year"],
                "funding": card["funding"],
                "installments": None,
                "last4": card["last4"],
                "mandate": None,
                "network": card["brand"],
                "three_d_secure": None,
                "wallet": None,
            },
        },
        receipt_email=intent["receipt_email"],
        receipt_url=None,
        refunded=False,
        status=status,
        transfer_group=intent["transfer_group"],
    )
