"""Table of payouts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.money import Money
from arengo_payments.base import PaymentsBase, SharedRow


class PayoutRow(PaymentsBase, Identified, SharedRow, Stamped):
    """A transfer to a merchant that the collecting entity made at its bank."""

    __tablename__ = "payout"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "paid_on", "id"),
        CheckConstraint("amount > 0", "amount"),
        append_only=True,
    )

    amount: Mapped[int]
    currency: Mapped[str]
    paid_on: Mapped[date]
    reference: Mapped[str]

    @property
    def money(self) -> Money:
        """The amount passed on."""
        return Money(self.amount, self.currency)
