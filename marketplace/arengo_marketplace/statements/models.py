"""Tables of statements."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.period import Period


class Statement(MarketplaceBase, Identified, Shared, Stamped):
    """One member's part of a settlement: the sum of its shares. A reversal's is a credit.

    ``advanced`` is what the settlement credits it for costs that it paid to suppliers.

    ``digest`` is the SHA-256 of what was issued; empty of one from before it was kept.
    """

    __tablename__ = "statement"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "settlement_id", unique=True),
        Index(None, "consortium_id", "starts_on"),
        append_only=True,
    )

    settlement_id: Mapped[UUID]
    reverses_id: Mapped[UUID | None]
    number: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    population: Mapped[int | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    advanced: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    currency: Mapped[str]
    digest: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def period(self) -> Period:
        """The days that it is about."""
        return Period(self.starts_on, self.ends_on)

    @property
    def due(self) -> int:
        """What it asks for, in minor units: the shares less what was advanced."""
        return self.amount - self.advanced

    @property
    def per_inhabitant(self) -> Money | None:
        """The amount per inhabitant, rounded for show; None without inhabitants."""
        return per_inhabitant(Money(self.amount, self.currency), self.population)


class StatementPayment(MarketplaceBase, Identified, Shared, Stamped):
    """Money that a member paid for a statement, or got back for a credit (negative)."""

    __tablename__ = "statement_payment"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "statement_id"),
        CheckConstraint("amount <> 0", "amount"),
        append_only=True,
        personal=Personal(
            ("recorded_by",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="recorded_by",
        ),
    )

    statement_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    paid_on: Mapped[date]
    reference: Mapped[str]
    recorded_by: Mapped[UUID | None]
