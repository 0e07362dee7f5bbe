"""What others may know of payments: the gateway Protocol, its requests, outcomes and events.

A call to a gateway has three kinds of outcome. It was *done*, it was *refused* (nothing happened
and the reason is known), or it is *unknown*: the answer was lost or the far side failed half-way.
An unknown outcome is settled by asking (`find_checkout`, `find_refund`), never by assuming.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from arengo_core.errors import ArengoError
from arengo_core.money import Money, total

CHECKOUT_LIFE = timedelta(minutes=31)
"""How far ahead to set `CheckoutRequest.expires_at`: Stripe's minimum is 30 minutes from the
moment the request arrives, so a minute is left for the journey."""


class CheckoutStatus(StrEnum):
    """Where a checkout stands."""

    OPEN = "open"
    """The payer may pay; declined attempts leave it open."""
    PROCESSING = "processing"
    """Completed by the payer, the money is still on its way (slow methods)."""
    PAID = "paid"
    EXPIRED = "expired"
    """Nobody can pay it any more."""


class RefundStatus(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    BY_HAND = "by_hand"
    """A person gives the money back."""


class RefundReason(StrEnum):
    """Why money goes back, in the words that gateways share."""

    REQUESTED_BY_CUSTOMER = "requested_by_customer"
    DUPLICATE = "duplicate"


class GatewayEventKind(StrEnum):
    """What a gateway tells us by webhook."""

    CHECKOUT_PAID = "checkout_paid"
    CHECKOUT_PROCESSING = "checkout_processing"
    CHECKOUT_FAILED = "checkout_failed"
    """A slow payment method failed after the checkout was completed."""
    CHECKOUT_EXPIRED = "checkout_expired"
    PAYMENT_DECLINED = "payment_declined"
    """One attempt failed; the checkout is still open."""
    PAYMENT_REFUNDED = "payment_refunded"
    """`amount` is the total refunded so far on the payment."""
    REFUND_UPDATED = "refund_updated"
    REFUND_FAILED = "refund_failed"
    OTHER = "other"
    """Nothing that concerns us; answer it and forget it."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who the payer pays, in law; named on the gateway's page and checked before it opens."""

    name: str
    is_public_administration: bool


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One line of what is paid; the unit price includes VAT."""

    name: str
    unit_price: Money
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """Ask a gateway to take one payment for one order.

    `idempotency_key` names the attempt: the same key with the same fields gives the same checkout;
    a new attempt for the order takes a new key. `order_id` travels as transfer group and metadata,
    so that the money of one order can later be passed on shop by shop. The URLs are absolute;
    `{CHECKOUT_SESSION_ID}` in `success_url` becomes the checkout's reference.

    Raises ValueError if the lines do not add up to the amount, or a field cannot be meant.
    """

    idempotency_key: str
    order_id: str
    payee: Payee
    lines: tuple[CheckoutLine, ...]
    amount: Money
    locale: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    payer_email: str | None = None

    def __post_init__(self) -> None:
        if not self.idempotency_key:
            raise ValueError("idempotency_key: is empty; name the attempt")
        if not self.order_id:
            raise ValueError("order_id: is empty; name the order")
        if self.expires_at.tzinfo is None:
            raise ValueError("expires_at: has no time zone; give a UTC time")
        if any(line.quantity < 1 or line.unit_price.amount < 0 for line in self.lines):
            raise ValueError("lines: quantities start at 1 and prices at 0; fold discounts in")
        lines = total((line.unit_price * line.quantity for line in self.lines), self.currency)
        if lines != self.amount or self.amount.amount <= 0:
            raise ValueError(f"lines: add up to {lines}, the amount is {self.amount}")

    @property
    def currency(self) -> str:
        """ISO 4217 code of the payment."""
        return self.amount.currency


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back a payment, whole or in part. The key works as in `CheckoutRequest`."""

    idempotency_key: str
    order_id: str
    payment_reference: str
    amount: Money
    reason: RefundReason = RefundReason.REQUESTED_BY_CUSTOMER

    def __post_init__(self) -> None:
        if not self.idempotency_key:
            raise ValueError("idempotency_key: is empty; name the refund")
        if self.amount.amount <= 0:
            raise ValueError(f"amount: is {self.amount}; a refund is more than zero")


@dataclass(frozen=True, slots=True)
class CheckoutOpened:
    """Send the payer to `url`."""

    reference: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CheckoutConfirmed:
    """No page to visit: the order is confirmed and paid at the counter."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing happened. `code` is stable, `message` is the gateway's own, for operators.

    `retryable` says that the same request may succeed later (a rate limit); otherwise something
    must change first.
    """

    code: str
    message: str
    retryable: bool = False


class CheckoutRefused(Refused):
    """The checkout was not opened or not changed."""


class RefundRefused(Refused):
    """The refund was not made."""


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """The request may or may not have taken effect. Ask before doing anything else."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The gateway knows no such thing: what was asked for has not happened."""


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """A checkout as the gateway knows it now."""

    reference: str
    status: CheckoutStatus
    amount: Money
    order_id: str | None
    idempotency_key: str | None
    payment_reference: str | None
    url: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundDone:
    """A refund as the gateway knows it now; `PENDING` ones end by a `REFUND_*` event."""

    reference: str
    status: RefundStatus
    amount: Money
    payment_reference: str
    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A verified webhook, in our words. Events repeat and overtake each other: go by `id`.

    `account` is the connected account that the event is about; None is the collecting entity's own.
    """

    id: str
    kind: GatewayEventKind
    source_type: str
    occurred_at: datetime
    is_live: bool
    account: str | None = None
    order_id: str | None = None
    checkout_reference: str | None = None
    payment_reference: str | None = None
    refund_reference: str | None = None
    amount: Money | None = None
    failure_code: str | None = None
    idempotency_key: str | None = None
    """Of the checkout or refund that it is about, where the gateway carries it along."""


class WebhookError(ArengoError):
    """A webhook that is not taken.

    WebhookError
    ├── InvalidSignatureError
    └── MalformedEventError

    An answer to the sender, not a fault of the gateway.
    """

    code = "WEBHOOK"
    status = 400


class InvalidSignatureError(WebhookError):
    """The webhook is not from the gateway, or is too old: answer 400 and change nothing."""


class MalformedEventError(WebhookError):
    """Signed rightly, but not an event that can be read: answer 400 and report it."""


class PaymentGateway(Protocol):
    """Takes payments. Holds no state of ours and never sees the database.

    No method raises for what the far side does; `parse_webhook` alone raises `WebhookError`.
    Each call ends within the gateway's time limit.
    """

    @property
    def key(self) -> str:
        """Stable name kept with each payment, such as `stripe`."""
        ...

    async def open_checkout(
        self, request: CheckoutRequest
    ) -> CheckoutOpened | CheckoutConfirmed | CheckoutRefused | OutcomeUnknown:
        """Open a checkout, or return the one that this key has already opened."""
        ...

    async def fetch_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """The checkout's present state."""
        ...

    async def find_checkout(
        self, idempotency_key: str, since: datetime
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """The checkout that a key opened at or after `since`, when its reference was lost."""
        ...

    async def expire_checkout(
        self, reference: str
    ) -> CheckoutState | NotFound | CheckoutRefused | OutcomeUnknown:
        """Close an open checkout so that nobody can pay it. A closed one is returned as it is."""
        ...

    async def refund(self, request: RefundRequest) -> RefundDone | RefundRefused | OutcomeUnknown:
        """Give money back, or return the refund that this key has already made."""
        ...

    async def fetch_refund(
        self, reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """The refund's present state."""
        ...

    async def find_refund(
        self, idempotency_key: str, payment_reference: str
    ) -> RefundDone | NotFound | RefundRefused | OutcomeUnknown:
        """The refund that a key made on a payment, when its reference was lost."""
        ...

    async def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent:
        """Verify and read a webhook. Raises InvalidSignatureError, MalformedEventError."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...
