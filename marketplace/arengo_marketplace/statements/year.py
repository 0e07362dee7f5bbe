"""A member's year in figures: what it uses, what that cost, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.money import Money, total
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.contract import Member
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.metering import reading
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.settlements.models import Share
from arengo_marketplace.settlements.wording import stored_rule_in_words
from arengo_marketplace.statements import repository, service
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.titles import meter_title, service_title

FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class ServiceYear:
    """A service in a member's year. ``last`` and ``before`` are the last two settled months."""

    key: str
    title: str
    state: str
    amount: Money
    population: int | None
    rule: str
    last: Money
    before: Money
    used: tuple[tuple[str, Decimal], ...]

    @property
    def per_inhabitant(self) -> Money | None:
        """The year's cost per inhabitant, rounded for show."""
        return per_inhabitant(self.amount, self.population)


MonthCost = tuple[Period, Money]


@dataclass(frozen=True, slots=True)
class MemberYear:
    """A member's year. ``months`` are its settled ones, reversals taken off.

    ``last`` and ``before`` are the last two settled months, also of the year before.
    """

    member: Member
    year: int
    services: tuple[ServiceYear, ...]
    months: tuple[MonthCost, ...]
    last: MonthCost | None
    before: MonthCost | None
    population: int | None
    open: Money

    @property
    def amount(self) -> Money:
        """What the settled months cost together."""
        return total(amount for _, amount in self.months)

    @property
    def per_inhabitant(self) -> Money | None:
        """The same per inhabitant, rounded for show."""
        return per_inhabitant(self.amount, self.population)

    @property
    def change(self) -> Decimal | None:
        """By how much the last month differs from the one before, as a ratio."""
        if self.last is None or self.before is None or not self.before[1]:
            return None
        return Decimal(self.last[1].amount) / self.before[1].amount - 1


async def year_of(uow: UnitOfWork, registry: Registry, member: Member, year: int) -> MemberYear:
    """The figures of a member's year; for callers who may read its statements.

    The December before is looked at too, to compare January with. InvalidInputError for a
    year that is none of ours.
    """
    this = clock.today().year
    if not FIRST_YEAR <= year <= this:
        raise InvalidInputError(
            "{value} is not a year from {first} to {last}.",
            field="year",
            value=str(year),
            first=FIRST_YEAR,
            last=this,
        )
    span = Period.year(year)
    december = Period.months_from(span.start, 1).previous()
    issued = await repository.of_member_in(
        uow.session, member.organization_id, december.start, span.end
    )
    costs = _by_month(issued, await service.shares_of(uow, issued))
    population = next((one.population for one in reversed(issued)), member.population)
    held = await activations.of_member(uow.session, member.organization_id)
    states = {row.service: row.state for row in held}
    rules = await _rules(uow, registry, issued)
    used = await reading.of_members(uow, [member], span)
    days = list(costs)
    last, before = (costs[days[-at]] if len(days) >= at else {} for at in (1, 2))
    months = [(Period.months_from(day, 1), Money(sum(costs[day].values()))) for day in days]
    shown = {day: amounts for day, amounts in costs.items() if day >= span.start}
    keys = sorted(states.keys() | {key for amounts in shown.values() for key in amounts})
    return MemberYear(
        member=member,
        year=year,
        services=tuple(
            ServiceYear(
                key=key,
                title=service_title(registry, key),
                state=states.get(key, "ended"),
                amount=Money(sum(amounts.get(key, 0) for amounts in shown.values())),
                population=population,
                rule=rules.get(key, ""),
                last=Money(last.get(key, 0)),
                before=Money(before.get(key, 0)),
                used=tuple(
                    (meter_title(registry, one.meter), one.quantity)
                    for one in used
                    if registry.meters().get(one.meter) == key
                ),
            )
            for key in keys
        ),
        months=tuple(one for one in months if one[0].start >= span.start),
        last=months[-1] if months else None,
        before=months[-2] if len(months) > 1 else None,
        population=population,
        open=await service.owed(uow, member.consortium_id, member.organization_id),
    )


def _by_month(issued: Sequence[Statement], shares: Sequence[Share]) -> dict[date, dict[str, int]]:
    """Amounts by month, oldest first, and service; what was taken back is gone."""
    day_of = {statement.id: statement.starts_on for statement in issued}
    months: dict[date, dict[str, int]] = {}
    for share in shares:
        services = months.setdefault(day_of[share.statement_id], {})
        services[share.service] = services.get(share.service, 0) + share.amount
    return {day: months[day] for day in sorted(months) if any(months[day].values())}


async def _rules(
    uow: UnitOfWork, registry: Registry, issued: Sequence[Statement]
) -> dict[str, str]:
    """The rule by which each service was divided the last time, in words."""
    if not issued:
        return {}
    last = issued[-1]
    async with uow.widened([last.consortium_id]):
        offers = await settlements.offers(uow.session, last.settlement_id, last.consortium_id)
    return {offer.service: stored_rule_in_words(offer.rule, registry) for offer in offers}
