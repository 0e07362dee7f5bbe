"""What a year will cost each member, today and after somebody joins or leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.money import Money, total
from arengo_marketplace.costs.allocation import Allocation, allocate, per_inhabitant
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.grants import ExpectedGrant, Outgoings
from arengo_marketplace.costs.keys import Background, KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.price_plan import PricePlan, cost
from arengo_marketplace.costs.resting import background_of
from arengo_marketplace.costs.rule import CostRule


@dataclass(frozen=True, slots=True)
class Scenario:
    """An offer's terms and what is expected of each month.

    ``monthly_usage`` and ``monthly_fees`` hold the figures of one month, by organization; those
    of organizations that do not take part do not count. ``paid`` are the shares of months that are
    settled already, in minor units by the month's first day, for rules that look back.
    ``later_rules`` and ``later_plans`` take over from their first month on. ``grants`` cover costs
    of the ``service`` in their windows, as long as something is left.
    """

    plan: PricePlan
    rule: CostRule
    period: Period
    monthly_usage: Usage = field(default_factory=dict[str, Mapping[UUID, Decimal]])
    monthly_fees: Mapping[UUID, Money] = field(default_factory=dict[UUID, Money])
    paid: Mapping[date, Mapping[UUID, int]] = field(default_factory=dict[date, Mapping[UUID, int]])
    later_rules: Mapping[date, CostRule] = field(default_factory=dict[date, CostRule])
    later_plans: Mapping[date, PricePlan] = field(default_factory=dict[date, PricePlan])
    service: str = ""
    grants: tuple[ExpectedGrant, ...] = ()

    def rule_in(self, month: date) -> CostRule:
        """The rule that divides a month."""
        begun = [start for start in self.later_rules if start <= month]
        return self.later_rules[max(begun)] if begun else self.rule

    def plan_in(self, month: date) -> PricePlan:
        """The price plan of a month."""
        begun = [start for start in self.later_plans if start <= month]
        return self.later_plans[max(begun)] if begun else self.plan


@dataclass(frozen=True, slots=True)
class Outlook:
    """The period month by month, divided as each month's settlement will divide it."""

    currency: str
    months: tuple[Allocation, ...]

    @property
    def cost(self) -> Money:
        """What the members pay together."""
        return total((month.pool.net for month in self.months), self.currency)

    def shares(self) -> dict[UUID, Money]:
        """What each member pays in the period."""
        sums: dict[UUID, int] = {}
        for month in self.months:
            for share in month.shares:
                member = share.bearer.organization_id
                sums[member] = sums.get(member, 0) + share.amount.amount
        return {member: Money(amount, self.currency) for member, amount in sums.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """One member's cost in the period, today and afterwards."""

    bearer: Bearer
    today: Money
    afterwards: Money

    @property
    def difference(self) -> Money:
        """What the change adds (or spares, when negative)."""
        return self.afterwards - self.today

    @property
    def per_inhabitant_today(self) -> Money | None:
        """Today's cost per inhabitant."""
        return per_inhabitant(self.today, self.bearer.population)

    @property
    def per_inhabitant_afterwards(self) -> Money | None:
        """The cost per inhabitant afterwards."""
        return per_inhabitant(self.afterwards, self.bearer.population)


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a member's joining or leaving on everybody, in the order of ids."""

    today: Outlook
    afterwards: Outlook
    changes: tuple[Change, ...]

    def change_of(self, organization_id: UUID) -> Change:
        """The effect on one member. Raises KeyError."""
        for change in self.changes:
            if change.bearer.organization_id == organization_id:
                return change
        raise KeyError(organization_id)


def outlook(scenario: Scenario, members: Iterable[Bearer], keys: KeyRegistry = BUILT_IN) -> Outlook:
    """The period with these members; months in which nobody takes part cost nobody anything."""
    inputs = year_inputs(scenario, members)
    paid = dict(scenario.paid)
    outgoings = Outgoings(scenario.grants)
    months: list[Allocation] = []
    for month in scenario.period.months():
        if any(inputs.days(month)):
            made = _month(scenario, month, inputs, keys, paid, outgoings)
            paid[month.start] = {
                share.bearer.organization_id: share.amount.amount for share in made.shares
            }
            months.append(made)
    return Outlook(scenario.plan.currency, tuple(months))


def preview(
    scenario: Scenario,
    members: Iterable[Bearer],
    *,
    joining: Bearer | None = None,
    leaving: UUID | None = None,
    keys: KeyRegistry = BUILT_IN,
) -> Preview:
    """Compare the period as it is with the period after one joins or leaves (or both).

    A ``joining`` bearer that is among the members already (activating again, from other days)
    takes its place. Nothing is written. Raises what ``allocate`` and ``cost`` raise.
    """
    before = {member.organization_id: member for member in members}
    after = {key: member for key, member in before.items() if key != leaving}
    if joining is not None:
        after[joining.organization_id] = joining
    today = outlook(scenario, before.values(), keys)
    afterwards = outlook(scenario, after.values(), keys)
    return compared(today, afterwards, before | after)


def compared(today: Outlook, afterwards: Outlook, members: Mapping[UUID, Bearer]) -> Preview:
    """Two outlooks side by side, member by member."""
    paid_today, paid_afterwards = today.shares(), afterwards.shares()
    nothing = Money(0, today.currency)
    changes = tuple(
        Change(members[key], paid_today.get(key, nothing), paid_afterwards.get(key, nothing))
        for key in sorted(members)
    )
    return Preview(today, afterwards, changes)


def _month(
    scenario: Scenario,
    month: Period,
    inputs: PlanInputs,
    keys: KeyRegistry,
    paid: Mapping[date, Mapping[UUID, int]],
    outgoings: Outgoings,
) -> Allocation:
    pool = month_pool(scenario, month, inputs, outgoings)
    known = month_background(scenario, month, inputs, paid)
    rule = scenario.rule_in(month.start)
    return allocate(pool, rule, inputs.members, scenario.monthly_usage, keys, known)


def year_inputs(scenario: Scenario, members: Iterable[Bearer]) -> PlanInputs:
    """The members and their expected use in each month that the period's prices may look at.

    What somebody is expected to use counts for the months in which it takes part.
    """
    inputs = PlanInputs(scenario.period, tuple(members))
    first = scenario.period.start.replace(month=1, day=1)
    usage: dict[date, Usage] = {}
    alike: dict[frozenset[UUID], Usage] = {}
    for month in Period(first, scenario.period.end).months():
        here = inputs.days(month)
        away = frozenset(
            member.organization_id
            for member, days in zip(inputs.members, here, strict=True)
            if not days
        )
        if away not in alike:
            alike[away] = _without(away, scenario.monthly_usage)
        usage[month.start.replace(day=1)] = alike[away]
    return replace(inputs, usage=usage)


def _without(away: Collection[UUID], usage: Usage) -> Usage:
    if not away:
        return usage
    return {
        meter: {member: units for member, units in read.items() if member not in away}
        for meter, read in usage.items()
    }


def month_pool(
    scenario: Scenario, month: Period, inputs: PlanInputs, outgoings: Outgoings
) -> CostPool:
    """What one month of the period will cost together; months are asked for in their order."""
    plan = scenario.plan_in(month.start)
    currency = plan.currency
    expected = scenario.monthly_fees
    here = zip(inputs.members, inputs.days(month), strict=True) if expected else ()
    fees = total(
        (
            expected[member.organization_id]
            for member, days in here
            if days and member.organization_id in expected
        ),
        currency,
    )
    lines = cost(plan, replace(inputs, period=month))
    recorded = CostPool(month, lines, fees, Money(0, currency))
    return outgoings.cover(scenario.service, recorded)


def month_background(
    scenario: Scenario,
    month: Period,
    inputs: PlanInputs,
    paid: Mapping[date, Mapping[UUID, int]],
) -> Background:
    """What the division of one month rests on besides; ``paid`` by the months' first days."""
    return background_of(
        scenario.rule_in(month.start),
        scenario.plan_in(month.start),
        replace(inputs, period=month),
        paid.get(before(month.start), {}),
        paid.get(year_before(month.start), {}),
    )


def before(month: date) -> date:
    """The first day of the month before."""
    return Period.months_from(month, 1).previous().start


def year_before(month: date) -> date:
    """The first day of the same month a year ago."""
    return month.replace(year=month.year - 1)
