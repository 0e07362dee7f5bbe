"""What other plugins may use of payments: take money for an order, give it back, be told.

Cards go through a gateway's hosted page, so opening a checkout talks to the outside:
``Payments.prepare`` in the order's transaction, then ``PaymentDesk.open`` after its commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.outbox.events import Event


class PaymentState(StrEnum):
    """Where a payment stands."""

    PENDING = "pending"  # prepared, no answer of the gateway yet
    OPEN = "open"  # the hosted page waits for the shopper
    DUE = "due"  # to be paid at the counter
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # the gateway did not answer: a janitor job asks
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay that a checkout may offer: ``card``, ``counter``. Title is a msgid."""

    key: str
    title: str
    hosted: bool


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """What of a payment belongs to one merchant: its merchant order's total."""

    merchant_id: UUID
    merchant_order_id: UUID
    amount: Money
    label: str


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One payment of one order; parts add up to ``amount``. Idempotent by ``key``."""

    key: str
    order_id: UUID
    consortium_id: UUID
    method: str
    amount: Money
    parts: tuple[PaymentPart, ...]
    locale: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    payer_email: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as others see it."""

    id: UUID
    order_id: UUID
    method: str
    state: PaymentState
    amount: Money
    refunded: Money
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentOpened:
    """Where the shopper goes to pay; ``url`` is None when nothing is to be done online."""

    payment_id: UUID
    state: PaymentState
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money back for one merchant order. Idempotent by ``key``."""

    key: str
    payment_id: UUID
    merchant_id: UUID
    merchant_order_id: UUID
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentSucceeded(Event):
    """Money arrived, or was marked received at a counter.

    Organization: the consortium; aggregate: the order.
    """

    name: ClassVar[str] = "payments.payment_succeeded"
    title: ClassVar[str] = N_("A payment succeeded")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.CONSORTIUM,)

    payment_id: UUID
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentEnded(Event):
    """A payment failed or expired without money. Organization: consortium; aggregate: order."""

    name: ClassVar[str] = "payments.payment_ended"
    title: ClassVar[str] = N_("A payment ended without money")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.CONSORTIUM,)

    payment_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class RefundSettled(Event):
    """A refund was made or refused. Organization: the consortium; aggregate: the order."""

    name: ClassVar[str] = "payments.refund_settled"
    title: ClassVar[str] = N_("A refund was made or refused")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.CONSORTIUM,)

    refund_id: UUID
    payment_id: UUID
    merchant_id: UUID
    merchant_order_id: UUID
    amount: int
    currency: str
    done: bool


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A payment that was made before Arengo knew of it. ``paid_at`` None: due at a counter."""

    request: PaymentRequest
    made_at: datetime
    paid_at: datetime | None


class Payments(Protocol):
    """Capability in the caller's transaction, service ``payments``.

    Card payments need every merchant of the order to have it active, by itself or covered:
    ask ``host.capability(uow, Payments, merchant)`` for each. ``counter`` needs no Activation:
    use ``host.continuing``.
    """

    async def methods(
        self, consortium_id: UUID, merchants: Sequence[UUID]
    ) -> Sequence[PaymentMethod]:
        """Ways to pay for an order of these merchants; ``card`` only where all may take it."""
        ...

    async def prepare(self, request: PaymentRequest) -> Payment:
        """Store a payment to be opened after commit. ``counter`` is DUE at once.

        NotActiveError where a merchant has no active payments and the method is ``card``.
        """
        ...

    async def payment(self, payment_id: UUID) -> Payment:
        """A payment. NotFoundError when there is none."""
        ...

    async def received(self, payment_id: UUID, merchant_order_id: UUID, key: str) -> None:
        """Note that the counter took the money of a merchant order."""
        ...

    async def refund(self, order: RefundOrder) -> UUID:
        """Store a refund and note the job that makes it; the refund's id.

        ConflictError when more would go back than came.
        """
        ...

    async def due_to(self, merchant_id: UUID) -> Money:
        """What the collecting entity still owes a merchant."""
        ...

    async def record_past(self, payments: Sequence[PastPayment]) -> Sequence[UUID]:
        """Take over payments of another system, or of the demo: booked, and nobody is told.

        The payments' ids, in order.
        """
        ...


class PaymentDesk(Protocol):
    """``host.standalone(PaymentDesk)``: talks to the gateway between its own transactions."""

    async def open(self, payment_id: UUID) -> PaymentOpened:
        """Open the hosted page, or give the one that is open. Safe to repeat.

        UnavailableError when the gateway's answer is unknown: the same call may pass later.
        """
        ...

    async def close(self, payment_id: UUID) -> None:
        """Expire an open hosted page, so that nobody pays what was cancelled."""
        ...
