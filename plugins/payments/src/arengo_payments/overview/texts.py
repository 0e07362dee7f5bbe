"""Words for states, in the language of the request."""

from __future__ import annotations

from arengo_core.i18n import N_, gettext
from arengo_payments.base import Purpose
from arengo_payments.contract import PaymentState
from arengo_payments.refunds.models import RefundState

_PAYMENT = {
    PaymentState.PENDING: N_("Prepared"),
    PaymentState.OPEN: N_("Waits for the payer"),
    PaymentState.DUE: N_("Due at the counter"),
    PaymentState.PAID: N_("Paid"),
    PaymentState.FAILED: N_("Failed"),
    PaymentState.EXPIRED: N_("Expired"),
    PaymentState.UNKNOWN: N_("Being checked"),
    PaymentState.REFUNDED: N_("Refunded"),
}
_REFUND = {
    RefundState.REQUESTED: N_("On its way"),
    RefundState.SENDING: N_("On its way"),
    RefundState.PENDING: N_("On its way"),
    RefundState.UNKNOWN: N_("Being checked"),
    RefundState.DONE: N_("Done"),
    RefundState.REFUSED: N_("Refused"),
    RefundState.FAILED: N_("Sent back by the bank"),
}
_PURPOSE = {Purpose.ORDER: N_("Order"), Purpose.STATEMENT: N_("Statement")}
_METHOD = {"card": N_("Card"), "counter": N_("Counter")}


def payment_state(state: str) -> str:
    """Where a payment stands, in words."""
    return gettext(_PAYMENT[PaymentState(state)])


def refund_state(state: str) -> str:
    """Where a refund stands, in words."""
    return gettext(_REFUND[RefundState(state)])


def method(key: str) -> str:
    """A way to pay, in words."""
    return gettext(_METHOD.get(key, key))


def purpose(key: str) -> str:
    """What a payment is for, in words."""
    return gettext(_PURPOSE[Purpose(key)])
