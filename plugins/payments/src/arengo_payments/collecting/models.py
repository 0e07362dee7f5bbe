"""Tables of payments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.privacy.declaration import TEN_YEARS, Personal
from arengo_payments.base import PaymentsBase, Purpose, SharedRow


class PaymentRow(PaymentsBase, Identified, SharedRow, Stamped):
    """One payment of one order, or of a member's statement; its tenant is the consortium.

    ``subject_id`` is the order's id or the statement's, ``member_id`` the member that pays its
    statement. A statement's payment has one part, which belongs to the consortium itself.

    What a gateway must be told again word for word is kept: Stripe refuses a key whose request
    differs. The payer's address is forgotten once the payment has ended.
    """

    __tablename__ = "payment"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "key", unique=True),
        Index(None, "consortium_id", "subject_id"),
        Index(None, "consortium_id", "created_at", "id"),
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint("refunded between 0 and amount", "refunded"),
        CheckConstraint("(purpose = 'statement') = (member_id is not null)", "purpose"),
        personal=Personal(
            ("payer_email",),
            N_("Customers"),
            N_("To take and give back payments"),
            TEN_YEARS,
            by_email="payer_email",
        ),
    )

    key: Mapped[str]
    purpose: Mapped[str] = mapped_column(
        default=Purpose.ORDER.value, server_default=Purpose.ORDER.value
    )
    subject_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    method: Mapped[str]
    state: Mapped[str]
    amount: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    locale: Mapped[str]
    success_url: Mapped[str]
    cancel_url: Mapped[str]
    expires_at: Mapped[datetime]
    payer_email: Mapped[str | None]
    attempt_id: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        """The amount to pay."""
        return Money(self.amount, self.currency)


class PaymentPartRow(PaymentsBase, Identified, SharedRow):
    """What of a payment belongs to one merchant. ``refunded`` counts what is on its way too.

    Of a statement's payment it belongs to the consortium, and the statement stands in the place
    of the merchant order.
    """

    __tablename__ = "payment_part"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "payment_id"),
        Index(None, "organization_id", "created_at", "id"),
        Index(None, "organization_id", "merchant_order_id", "payment_id", unique=True),
        CheckConstraint("amount >= 0", "amount"),
        CheckConstraint("refunded between 0 and amount", "refunded"),
    )

    payment_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID]
    method: Mapped[str]
    position: Mapped[int]
    label: Mapped[str]
    amount: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        """What belongs to it."""
        return Money(self.amount, self.currency)


class AttemptRow(PaymentsBase, Identified, SharedRow, Stamped):
    """One attempt to collect a payment through a gateway: one hosted page.

    ``expires_at`` is by our clock; ``gateway_since`` and ``gateway_expires_at`` are by the
    gateway's, which differ where ours was moved (demo, tests).
    """

    __tablename__ = "attempt"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "payment_id"),
        Index(None, "consortium_id", "state", "expires_at"),
    )

    payment_id: Mapped[UUID]
    gateway: Mapped[str]
    key: Mapped[str]
    state: Mapped[str]
    payee_name: Mapped[str]
    payee_is_public_administration: Mapped[bool]
    expires_at: Mapped[datetime]
    gateway_since: Mapped[datetime]
    gateway_expires_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    reference: Mapped[str | None]
    payment_reference: Mapped[str | None]
    url: Mapped[str | None]
    failure_code: Mapped[str | None]


class PaymentAddress(PaymentsBase):
    """Whose a payment is, so that it can be reached by its id alone."""

    __tablename__ = "payment_address"
    __table_args__ = table(TableClass.PLATFORM, reason="ids only: payment to its consortium")

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    consortium_id: Mapped[UUID]


class GatewayReference(PaymentsBase):
    """A gateway's name for something of a payment. Its consortium's account alone may use it."""

    __tablename__ = "gateway_reference"
    __table_args__ = table(
        TableClass.PLATFORM, reason="ids only: a webhook knows the gateway's ids alone"
    )

    consortium_id: Mapped[UUID] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID]
    subject_id: Mapped[UUID]
