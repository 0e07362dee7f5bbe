"""Table of payouts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Stamped, TableClass, table
from arengo_core.money import Money
from arengo_payments.base import PaymentsBase, SharedRow


class PayoutRow(PaymentsBase, Identified, SharedRow, Stamped):
    """A transfer to a merchant that the collecting entity made at its bank.

    One whose tenant is the consortium itself is what the gateway paid out to its bank, less the
    ``fees`` that it kept.
    """

    __tablename__ = "payout"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "paid_on", "id"),
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint("fees >= 0", "fees"),
        append_only=True,
    )

    amount: Mapped[int]
    fees: Mapped[int] = mapped_column(default=0, server_default="0")
    currency: Mapped[str]
    paid_on: Mapped[date]
    reference: Mapped[str]

    @property
    def money(self) -> Money:
        """The amount passed on."""
        return Money(self.amount, self.currency)

    @property
    def kept(self) -> Money:
        """What the gateway kept for itself."""
        return Money(self.fees, self.currency)
