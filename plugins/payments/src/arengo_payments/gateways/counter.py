"""Pay at the counter: no far side, a person takes and returns the money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from arengo_payments.contract import (
    CheckoutConfirmed,
    CheckoutRefused,
    CheckoutRequest,
    GatewayEvent,
    InvalidSignatureError,
    NotFound,
    RefundDone,
    RefundRequest,
    RefundStatus,
)


class CounterGateway:
    """A gateway without a network. What was agreed is known to the caller's records alone."""

    @property
    def key(self) -> str:
        return "counter"

    async def open_checkout(self, request: CheckoutRequest) -> CheckoutConfirmed:
        """Confirmed at once; whoever hands over the goods takes the money."""
        return CheckoutConfirmed(reference=f"counter_{request.order_id}")

    async def fetch_checkout(self, reference: str) -> NotFound:
        """The counter keeps no records of its own."""
        return NotFound()

    async def find_checkout(self, idempotency_key: str, since: datetime) -> NotFound:
        """The counter keeps no records of its own."""
        return NotFound()

    async def expire_checkout(self, reference: str) -> CheckoutRefused:
        """Nothing to close: an order to be paid at the counter is cancelled as an order."""
        return CheckoutRefused("counter_has_no_expiry", f"{reference}: cancel the order instead")

    async def refund(self, request: RefundRequest) -> RefundDone:
        """Recorded as given back by hand; the same key always names the same refund."""
        return RefundDone(
            reference=f"counter_{request.idempotency_key}",
            status=RefundStatus.BY_HAND,
            amount=request.amount,
            payment_reference=request.payment_reference,
            idempotency_key=request.idempotency_key,
        )

    async def fetch_refund(self, reference: str) -> NotFound:
        """The counter keeps no records of its own."""
        return NotFound()

    async def find_refund(self, idempotency_key: str, payment_reference: str) -> NotFound:
        """The counter keeps no records of its own."""
        return NotFound()

    async def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """Nobody may speak for the counter."""
        raise InvalidSignatureError("the counter sends no webhooks")

    async def aclose(self) -> None:
        """Nothing is held."""
