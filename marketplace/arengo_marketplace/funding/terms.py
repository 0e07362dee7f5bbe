"""What people say of a grant, and what of it can be so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.i18n import current_locale, format_money
from arengo_core.money import Money
from arengo_marketplace.costs.grants import CapPeriod
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.funding.covering import by_month
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.offers import repository as offers

TEXT_LIMIT = 200
NOTE_LIMIT = 2000
_LARGEST = 10**13


@dataclass(frozen=True, slots=True)
class FundingData:
    """What a grant says; see :class:`Funding` for the units."""

    title: str
    rate: Decimal
    cap: Money
    window: Period
    funder: str = ""
    reference: str = ""
    kinds: frozenset[CostKind] = frozenset()
    services: frozenset[str] = frozenset()
    period_cap: Money | None = None
    per: CapPeriod = CapPeriod.YEAR
    co_financing: Decimal = Decimal(0)
    report_due_on: date | None = None
    note: str = ""

    def write(self, row: Funding) -> None:
        """Put it into a row. A report that is due on another day is not made yet."""
        if row.report_due_on != self.report_due_on:
            row.reported_on = row.reminded_on = None
        row.title = self.title.strip()
        row.funder = self.funder.strip()
        row.reference = self.reference.strip()
        row.kinds = sorted(self.kinds)
        row.services = sorted(self.services)
        row.rate = self.rate
        row.co_financing = self.co_financing
        row.cap = self.cap.amount
        row.period_cap = self.period_cap.amount if self.period_cap else None
        row.per = self.per.value
        row.currency = self.cap.currency
        row.starts_on = self.window.start
        row.ends_on = self.window.end
        row.report_due_on = self.report_due_on
        row.note = self.note.strip()


def kinds_named(texts: list[str]) -> frozenset[CostKind]:
    """Kinds of cost by their keys. InvalidInputError naming the field."""
    try:
        return frozenset(CostKind(text) for text in texts)
    except ValueError:
        raise InvalidInputError(
            "{value} is no kind of cost. Known are: {known}.",
            field="kinds",
            value=", ".join(texts)[:80],
            known=", ".join(CostKind),
        ) from None


def per_named(text: str) -> CapPeriod:
    """``month`` or ``year``. InvalidInputError naming the field."""
    try:
        return CapPeriod(text or "year")
    except ValueError:
        raise InvalidInputError(
            "{value} is not known. Possible are: {known}.",
            field="per",
            value=text[:40],
            known=", ".join(CapPeriod),
        ) from None


def window_of(first: Period, last: Period) -> Period:
    """From the first month to the last one. InvalidInputError naming the field."""
    if last.start < first.start:
        raise InvalidInputError(
            "The last month comes before the first: choose {month} or later.",
            field="last_month",
            month=first.label(current_locale()),
        )
    return Period(first.start, last.end)


async def check(uow: UnitOfWork, consortium_id: UUID, data: FundingData) -> None:
    """InvalidInputError where a grant makes no sense."""
    if not data.title.strip():
        raise InvalidInputError("Give the grant a name.", field="title")
    for name in ("title", "funder", "reference"):
        if len(getattr(data, name)) > TEXT_LIMIT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field=name, limit=TEXT_LIMIT
            )
    if len(data.note) > NOTE_LIMIT:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field="note", limit=NOTE_LIMIT
        )
    if not 0 < data.rate <= 100:
        raise InvalidInputError("A rate is more than 0 and at most 100 per cent.", field="rate")
    if not 0 <= data.co_financing < 100:
        raise InvalidInputError(
            "A co-financing share is from 0 to less than 100 per cent.", field="co_financing"
        )
    for name in ("rate", "co_financing"):
        if getattr(data, name) != round(getattr(data, name), 8):
            raise InvalidInputError("At most 8 decimals are possible.", field=name)
    for name, amount in (("cap", data.cap), ("period_cap", data.period_cap)):
        if amount is not None and not 0 < amount.amount < _LARGEST:
            raise InvalidInputError("Enter an amount above nothing.", field=name)
    if data.period_cap is not None and data.period_cap.amount > data.cap.amount:
        raise InvalidInputError(
            "One period cannot have more than the grant has in all.", field="period_cap"
        )
    known = {
        row.service
        for row in await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
    }
    if data.services - known:
        raise InvalidInputError(
            "Choose among the consortium's services: {services} is none of them.",
            field="services",
            services=", ".join(sorted(data.services - known)),
        )


def check_against_use(
    row: Funding, data: FundingData, used: Mapping[date, Mapping[str, int]]
) -> None:
    """ConflictError where a change contradicts what the grant covered in settled months."""
    if not used:
        return
    months = by_month(used)
    covered = Money(sum(months.values()), row.currency)
    if data.cap.amount < covered.amount:
        raise ConflictError(
            "The grant has covered {amount} already: its sum cannot be less.",
            field="cap",
            amount=format_money(covered),
        )
    if data.period_cap is not None:
        most = Money(_most(months, data.per), row.currency)
        if data.period_cap.amount < most.amount:
            raise ConflictError(
                "The grant has covered {amount} in one period already: the limit cannot be less.",
                field="period_cap",
                amount=format_money(most),
            )
    first, last = min(months), max(months)
    if first < data.window.start:
        raise ConflictError(
            "The grant has covered {month} already: it cannot begin later.",
            field="first_month",
            month=Period.months_from(first, 1).label(current_locale()),
        )
    if last >= data.window.end:
        raise ConflictError(
            "The grant has covered {month} already: it cannot end before.",
            field="last_month",
            month=Period.months_from(last, 1).label(current_locale()),
        )
    services = {service for by_service in used.values() for service in by_service}
    if data.services and services - data.services:
        raise ConflictError(
            "The grant has covered {services} already: keep it chosen.",
            field="services",
            services=", ".join(sorted(services - data.services)),
        )
    if data.kinds and not set(row.kinds or CostKind) <= data.kinds:
        raise ConflictError(
            "The grant has covered costs of the kinds chosen so far: none can be taken away.",
            field="kinds",
        )
    if data.rate < row.rate:
        raise ConflictError(
            "The grant has covered months at {rate} % already: its rate cannot be less. "
            "End this grant and record another one for the months to come.",
            field="rate",
            rate=f"{row.grant.rate:f}",
        )
    if data.co_financing > row.co_financing:
        raise ConflictError(
            "The grant has covered months with a share of others of {share} %: it cannot be more. "
            "End this grant and record another one for the months to come.",
            field="co_financing",
            share=f"{row.grant.co_financing:f}",
        )


def _most(months: Mapping[date, int], per: CapPeriod) -> int:
    sums: dict[tuple[int, int], int] = {}
    for month, amount in months.items():
        period = (month.year, month.month if per is CapPeriod.MONTH else 0)
        sums[period] = sums.get(period, 0) + amount
    return max(sums.values())
