"""Table of cost lines."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.spreading import Spread
from arengo_marketplace.costs.vat import Taxed


class LineKind(StrEnum):
    """What a line of the pool is: a cost, or what covers part of it."""

    FIXED = "fixed"
    USAGE = "usage"
    ONE_OFF = "one_off"
    FEE = "fee"
    FUNDING = "funding"

    @property
    def is_cost(self) -> bool:
        """Whether it adds to what the members divide."""
        return self not in (LineKind.FEE, LineKind.FUNDING)


KIND_LABELS = {
    LineKind.FIXED: N_("Fixed cost"),
    LineKind.USAGE: N_("Cost by usage"),
    LineKind.ONE_OFF: N_("One-off cost"),
    LineKind.FEE: N_("Fees taken in"),
    LineKind.FUNDING: N_("Funding"),
}


class PoolLine(MarketplaceBase, Identified, Shared, Stamped):
    """A cost, fee or grant of an offer in a month. It can change until the month is settled.

    A cost may be spread over several ``months``, equally or by the weights of a ``schedule``: each
    settlement takes the part of its month, and the line cannot change while one of its months is
    settled. ``paid_by`` is the member that paid
    the supplier for all; settlements credit it what they take. ``vat`` tells of what price
    and tax the amount, which is what is shared, is made
    (:class:`~arengo_marketplace.costs.vat.Taxed`). From the month ``rest_from`` on another line,
    whose ``rest_of`` this one is, bears what is left of it.

    Amounts of fees and funding are positive and lower what the members divide; a supplier's
    credit note is a negative cost. ``from_plan`` tells that the price plan made the line.
    """

    __tablename__ = "pool_line"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "starts_on", "offer_id"),
        CheckConstraint("amount <> 0", "amount"),
        CheckConstraint("kind in ('fixed', 'usage', 'one_off', 'fee', 'funding')", "kind"),
        CheckConstraint("extract(day from starts_on) = 1", "month"),
        CheckConstraint("months between 1 and 600", "months"),
        CheckConstraint("mod(months, cardinality(schedule)) = 0", "schedule"),
        CheckConstraint("rest_from is null or (rest_from > starts_on and months > 1)", "rest"),
        Index(
            "uq_pool_line_rest_of",
            "organization_id",
            "rest_of",
            unique=True,
            postgresql_where=text("rest_of is not null"),
        ),
        CheckConstraint(
            "kind not in ('fee', 'funding') or (months = 1 and paid_by is null and vat is null)",
            "cost",
        ),
        personal=Personal(
            ("entered_by",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="entered_by",
        ),
    )

    offer_id: Mapped[UUID]
    service: Mapped[str]
    starts_on: Mapped[date]
    months: Mapped[int] = mapped_column(default=1, server_default="1")
    schedule: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    kind: Mapped[str]
    description: Mapped[str]
    supplier: Mapped[str] = mapped_column(default="")
    document_number: Mapped[str] = mapped_column(default="")
    document_date: Mapped[date | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    vat: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    paid_by: Mapped[UUID | None]
    rest_from: Mapped[date | None]
    rest_of: Mapped[UUID | None]
    evidence_name: Mapped[str] = mapped_column(default="")
    evidence_digest: Mapped[str] = mapped_column(default="")
    from_plan: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    @property
    def month(self) -> Period:
        """The month in whose pool it is; the first of several."""
        return Period.months_from(self.starts_on, 1)

    @property
    def spread(self) -> Spread:
        """The amount over its months."""
        months = Period.months_from(self.starts_on, self.months)
        return Spread(self.amount, months, tuple(self.schedule or ()), self.rest_from)

    @property
    def last_month(self) -> Period:
        """The month of its last part."""
        return Period.months_from(self.spread.months.end, 1).previous()

    @property
    def taxed(self) -> Taxed | None:
        """The price with its tax, where that is known."""
        return Taxed.from_json(self.vat) if self.vat else None

    @property
    def stated(self) -> Money:
        """What was entered: the price, with or without tax, or what is shared."""
        return Money(self.taxed.stated if self.taxed else self.amount, self.currency)

    @property
    def is_spread(self) -> bool:
        """Whether it falls due over several months."""
        return self.months > 1

    @property
    def due_months(self) -> Period:
        """The months that take a part of it: all, or those before another line bears its rest."""
        months = self.spread.months
        return Period(months.start, self.rest_from) if self.rest_from else months

    def part(self, month: date) -> Money:
        """What of it is in the pool of a month."""
        return Money(self.spread.part(month), self.currency)

    @property
    def rest(self) -> Money:
        """What another line bears of it."""
        return Money(self.spread.moved, self.currency)

    @property
    def money(self) -> Money:
        """The whole amount as Money."""
        return Money(self.amount, self.currency)
