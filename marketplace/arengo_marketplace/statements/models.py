"""Tables of statements."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
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


class PaymentWay(StrEnum):
    """How a statement was paid: by transfer, online, or by a credit that the member had."""

    BANK = "bank"
    ONLINE = "online"
    SET_OFF = "set_off"


class StatementPayment(MarketplaceBase, Identified, Shared, Stamped):
    """Money that a member paid for a statement, or got back for a credit (negative).

    One recorded wrongly is taken back by another of the opposite amount: ``reverses_id``, with the
    ``reason``. A credit that is used makes two: one takes it from its statement, its counterpart
    pays another. One made online has the ``key`` under which the payments service told of it.
    """

    __tablename__ = "statement_payment"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "statement_id"),
        Index(None, "organization_id", "reverses_id", unique=True),
        Index(None, "organization_id", "key", unique=True),
        CheckConstraint("amount <> 0", "amount"),
        CheckConstraint("way in ('bank', 'online', 'set_off')", "way"),
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
    way: Mapped[str] = mapped_column(default=PaymentWay.BANK.value, server_default="bank")
    reverses_id: Mapped[UUID | None]
    counterpart_id: Mapped[UUID | None]
    key: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")
