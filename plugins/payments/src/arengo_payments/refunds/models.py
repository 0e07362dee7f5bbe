"""Table of refunds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.money import Money
from arengo_payments.base import PaymentsBase, SharedRow


class RefundState(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"
    SENDING = "sending"  # asked; without an answer yet, or the program stopped meanwhile
    UNKNOWN = "unknown"  # asked; the answer was lost
    PENDING = "pending"  # made, the bank has not taken it yet
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"  # the bank sent it back


class RefundRow(PaymentsBase, Identified, SharedRow, Stamped):
    """Money back for one merchant order. ``number`` counts the keys that it was tried with."""

    __tablename__ = "refund"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "key", unique=True),
        Index(None, "consortium_id", "payment_id"),
        Index(None, "consortium_id", "state", "changed_at"),
        Index(None, "organization_id", "created_at", "id"),
        CheckConstraint("amount > 0", "amount"),
    )

    key: Mapped[str]
    payment_id: Mapped[UUID]
    part_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID]
    gateway: Mapped[str]
    number: Mapped[int]
    state: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    failure_code: Mapped[str | None]
    reference: Mapped[str | None]
    changed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @property
    def money(self) -> Money:
        """The amount that goes back."""
        return Money(self.amount, self.currency)

    @property
    def gateway_key(self) -> str:
        """The idempotency key of the present try."""
        return f"arengo-refund-{self.id}-{self.number}"
