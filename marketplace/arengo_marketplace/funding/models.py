"""Tables of grants and of what they covered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.grants import CapPeriod, Grant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind


class Funding(MarketplaceBase, Identified, Shared, Stamped):
    """A grant of a consortium (its tenant) that covers part of certain costs.

    ``kinds`` and ``services``: empty means all. ``rate`` and ``co_financing`` are per cent of the
    eligible cost. ``cap`` and ``period_cap`` (each month or year, by ``per``) are minor units.
    Months from ``starts_on`` to the day before ``ends_on`` are covered, the smaller ``place``
    first. Once ``ended_at``, it covers no further month. ``reported_on`` tells when the report to
    the funder was made that is due on ``report_due_on``, ``reminded_on`` when the office was last
    reminded of it.
    """

    __tablename__ = "funding"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "place"),
        CheckConstraint("rate > 0 and rate <= 100", "rate"),
        CheckConstraint("co_financing >= 0 and co_financing < 100", "co_financing"),
        CheckConstraint("cap > 0 and (period_cap is null or period_cap > 0)", "cap"),
        CheckConstraint("per in ('month', 'year')", "per"),
        CheckConstraint(
            "ends_on > starts_on and extract(day from starts_on) = 1"
            " and extract(day from ends_on) = 1",
            "window",
        ),
    )

    title: Mapped[str]
    funder: Mapped[str]
    reference: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String))
    services: Mapped[list[str]] = mapped_column(ARRAY(String))
    rate: Mapped[Decimal] = mapped_column(Numeric(11, 8))
    co_financing: Mapped[Decimal] = mapped_column(Numeric(11, 8))
    cap: Mapped[int] = mapped_column(BigInteger)
    period_cap: Mapped[int | None] = mapped_column(BigInteger)
    per: Mapped[str]
    currency: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    report_due_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    place: Mapped[int]
    note: Mapped[str]
    ended_at: Mapped[datetime | None]

    @property
    def window(self) -> Period:
        """The months that it covers."""
        return Period(self.starts_on, self.ends_on)

    @property
    def grant(self) -> Grant:
        """Its terms, to calculate with."""
        return Grant(
            id=self.id,
            title=self.title,
            place=self.place,
            rate=_shortest(self.rate),
            window=self.window,
            cap=self.cap,
            period_cap=self.period_cap,
            per=CapPeriod(self.per),
            co_financing=_shortest(self.co_financing),
            kinds=frozenset(CostKind(kind) for kind in self.kinds),
            services=frozenset(self.services),
        )


class FundingUse(MarketplaceBase, Identified, Shared, Stamped):
    """What a grant covered of an offer in a settlement, in minor units.

    A reversal's rows have the opposite sign, so that what is left of a grant is a sum.
    """

    __tablename__ = "funding_use"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "funding_id"),
        Index(None, "organization_id", "settlement_id"),
        CheckConstraint("amount <> 0", "amount"),
        append_only=True,
    )

    funding_id: Mapped[UUID]
    settlement_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    service: Mapped[str]
    starts_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)


def _shortest(number: Decimal) -> Decimal:
    return Decimal(f"{number:f}".rstrip("0").rstrip(".")) if number else Decimal(0)
