"""A year of a public budget, added up from its published months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.budget import repository
from arengo_marketplace.budget.models import PublishedMonth
from arengo_marketplace.contract import Consortium
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import directory

FORMAT = "arengo-budget/1"


@dataclass(frozen=True, slots=True)
class ServiceBudget:
    """What a service cost, what users and grants paid, and what is left to the members."""

    service: str
    costs: Money
    fees: Money
    funding: Money

    @property
    def net(self) -> Money:
        """What the members pay."""
        return self.costs - self.fees - self.funding


@dataclass(frozen=True, slots=True)
class MemberBudget:
    """What a municipality pays; all other members together where ``name`` is empty."""

    code: str
    name: str
    population: int | None
    amount: Money

    @property
    def per_inhabitant(self) -> Money | None:
        """Per inhabitant, rounded for show."""
        return per_inhabitant(self.amount, self.population)


@dataclass(frozen=True, slots=True)
class BudgetYear:
    """A year in its published months; ``years`` are those with any, the latest first."""

    consortium: Consortium
    year: int
    years: tuple[int, ...]
    currency: str
    months: tuple[str, ...]
    services: tuple[ServiceBudget, ...]
    members: tuple[MemberBudget, ...]
    grants: tuple[tuple[str, Money], ...]

    @property
    def whole(self) -> ServiceBudget:
        """All services together."""
        return ServiceBudget(
            "",
            self._sum(one.costs for one in self.services),
            self._sum(one.fees for one in self.services),
            self._sum(one.funding for one in self.services),
        )

    @property
    def population(self) -> int | None:
        """Inhabitants of the municipalities that pay; None while one's number is unknown."""
        known = [one.population for one in self.members if one.name]
        return None if None in known else sum(one or 0 for one in known)

    @property
    def costs_per_inhabitant(self) -> Money | None:
        """The costs per inhabitant, rounded for show."""
        return per_inhabitant(self.whole.costs, self.population)

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, Money(0, self.currency))

    def to_json(self) -> dict[str, Any]:
        """For programs: amounts in minor units."""
        return {
            "format": FORMAT,
            "consortium": {"name": self.consortium.name, "slug": self.consortium.slug},
            "year": self.year,
            "currency": self.currency,
            "months": list(self.months),
            "services": [{"service": one.service, **_amounts(one)} for one in self.services],
            "total": _amounts(self.whole),
            "grants": [
                {"title": title or None, "amount": amount.amount} for title, amount in self.grants
            ],
            "members": [
                {
                    "istat_code": one.code or None,
                    "name": one.name or None,
                    "population": one.population,
                    "amount": one.amount.amount,
                    "per_inhabitant": one.per_inhabitant.amount if one.per_inhabitant else None,
                }
                for one in self.members
            ],
        }


def _amounts(one: ServiceBudget) -> dict[str, int]:
    return {
        "costs": one.costs.amount,
        "fees": one.fees.amount,
        "funding": one.funding.amount,
        "net": one.net.amount,
    }


async def consortium_of(uow: UnitOfWork, slug: str) -> Consortium:
    """The consortium of an address. NotFoundError."""
    row = await organizations.by_slug(uow.session, slug)
    if row is None:
        raise NotFoundError("There is no such consortium.")
    return await directory.consortium(uow, row.id)


async def year_of(uow: UnitOfWork, consortium_id: UUID, year: int | None = None) -> BudgetYear:
    """A year, the latest published one unless asked for; anybody may read it.

    NotFoundError where the consortium publishes nothing, InvalidInputError for a year without
    published months.
    """
    consortium = await directory.consortium(uow, consortium_id)
    published = await repository.months(uow.session, consortium_id)
    years = tuple(sorted({day.year for day in published}, reverse=True))
    if not years:
        raise NotFoundError("This consortium publishes no budget.")
    asked = year if year is not None else years[0]
    if asked not in years:
        raise InvalidInputError(
            "Of {year} nothing is published. There are: {years}.",
            field="year",
            year=asked,
            years=", ".join(str(one) for one in years),
        )
    span = Period.year(asked)
    rows = await repository.between(uow.session, consortium_id, span.start, span.end)
    currency = rows[0].currency
    return BudgetYear(
        consortium=consortium,
        year=asked,
        years=years,
        currency=currency,
        months=tuple(f"{row.starts_on:%Y-%m}" for row in rows),
        services=_services(rows, currency),
        members=_members(rows, currency),
        grants=_grants(rows, currency),
    )


def year_named(text: str) -> int | None:
    """The year of an address; None where none is named. InvalidInputError."""
    if not text:
        return None
    if not (text.isdecimal() and 2000 <= int(text[:9]) <= clock.today().year):
        raise InvalidInputError(
            "{value} is not a year from {first} to {last}.",
            field="year",
            value=text[:20],
            first=2000,
            last=clock.today().year,
        )
    return int(text)


def _services(rows: Sequence[PublishedMonth], currency: str) -> tuple[ServiceBudget, ...]:
    sums: dict[str, list[int]] = {}
    for row in rows:
        for one in row.services:
            so_far = sums.setdefault(one["service"], [0, 0, 0])
            for place, name in enumerate(("costs", "fees", "funding")):
                so_far[place] += one[name]
    return tuple(
        ServiceBudget(service, *(Money(amount, currency) for amount in sums[service]))
        for service in sorted(sums)
    )


def _members(rows: Sequence[PublishedMonth], currency: str) -> tuple[MemberBudget, ...]:
    """A member's name and inhabitants are those of its last month."""
    found: dict[str, MemberBudget] = {}
    for row in rows:
        for one in row.members:
            before = found[one["code"]].amount if one["code"] in found else Money(0, currency)
            found[one["code"]] = MemberBudget(
                one["code"],
                one["name"],
                one["population"],
                before + Money(one["amount"], currency),
            )
    return tuple(sorted(found.values(), key=lambda one: (not one.name, one.name, one.code)))


def _grants(rows: Sequence[PublishedMonth], currency: str) -> tuple[tuple[str, Money], ...]:
    sums: dict[str, int] = {}
    for row in rows:
        for one in row.grants:
            sums[one["title"]] = sums.get(one["title"], 0) + one["amount"]
    return tuple(
        (title, Money(sums[title], currency)) for title in sorted(sums, key=lambda t: (not t, t))
    )
