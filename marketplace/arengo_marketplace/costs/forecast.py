"""What a year will cost each member, today and after somebody joins or leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.money import Money, total
from arengo_marketplace.costs.allocation import Allocation, allocate, per_inhabitant
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.grants import ExpectedGrant, Outgoings
from arengo_marketplace.costs.keys import KeyRegistry
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
    present = tuple(members)
    paid = dict(scenario.paid)
    outgoings = Outgoings(scenario.grants)
    months: list[Allocation] = []
    for month in scenario.period.months():
        if any(member.days_in(month) for member in present):
            made = _month(scenario, month, present, keys, paid, outgoings)
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
    members: tuple[Bearer, ...],
    keys: KeyRegistry,
    paid: Mapping[date, Mapping[UUID, int]],
    outgoings: Outgoings,
) -> Allocation:
    year = Period.year(month.start.year)
    usage: dict[date, Usage] = {one.start: scenario.monthly_usage for one in year.months()}
    inputs = PlanInputs(month, members, usage)
    plan = scenario.plan_in(month.start)
    lines = cost(plan, inputs)
    fees = total(
        (
            scenario.monthly_fees[member.organization_id]
            for member in members
            if member.organization_id in scenario.monthly_fees and member.days_in(month)
        ),
        plan.currency,
    )
    recorded = CostPool(month, lines, fees, Money(0, plan.currency))
    pool = outgoings.cover(scenario.service, recorded)
    rule = scenario.rule_in(month.start)
    background = background_of(
        rule,
        plan,
        inputs,
        paid.get(before(month.start), {}),
        paid.get(year_before(month.start), {}),
    )
    return allocate(pool, rule, members, scenario.monthly_usage, keys, background)


def before(month: date) -> date:
    """The first day of the month before."""
    return Period.months_from(month, 1).previous().start


def year_before(month: date) -> date:
    """The first day of the same month a year ago."""
    return month.replace(year=month.year - 1)
