"""A year's shares of an offer, to the cent as ``outlook`` gives them, without how they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arengo_marketplace.costs.allocation import amounts, in_order
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.forecast import Scenario, month_background, month_pool, year_inputs
from arengo_marketplace.costs.grants import Outgoings
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.weighing import STEADY, Known, Weighing, parts_of


@dataclass(frozen=True, slots=True)
class Year:
    """What a year costs together, and each member; minor units."""

    cost: int
    shares: Mapping[UUID, int]


def year_of(scenario: Scenario, members: Iterable[Bearer], keys: KeyRegistry = BUILT_IN) -> Year:
    """Divide each month of the period.

    Months that are alike are divided once, unless the rule looks back or at the calendar. Raises
    what ``outlook`` raises.
    """
    inputs = year_inputs(scenario, in_order(members))
    bearers = list(inputs.members)
    paid: dict[date, Mapping[UUID, int]] = dict(scenario.paid)
    rules = (scenario.rule, *scenario.later_rules.values())
    looks_back = any(map(_looks_back, rules))
    alike = not looks_back and not any(map(_is_dated, rules))
    made: dict[object, list[int]] = {}
    known: Known = {}
    outgoings = Outgoings(scenario.grants)
    shares = [0] * len(bearers)
    for month in scenario.period.months():
        days = inputs.days(month)
        if not any(days):
            continue
        rule = scenario.rule_in(month.start)
        pool = month_pool(scenario, month, inputs, outgoings)
        where = (id(rule), _sums(pool), parts_of(days, month)) if alike else month
        if where not in made:
            background = month_background(scenario, month, inputs, paid)
            by = Weighing(
                bearers, list(days), month, scenario.monthly_usage, keys, background, known
            )
            made[where] = amounts(pool, rule, by)
        found = made[where]
        shares = [before + own for before, own in zip(shares, found, strict=True)]
        if looks_back:
            paid[month.start] = {
                bearer.organization_id: amount
                for bearer, amount in zip(bearers, found, strict=True)
            }
    by_member = {
        bearer.organization_id: share for bearer, share in zip(bearers, shares, strict=True)
    }
    return Year(sum(shares), by_member)


def _is_dated(rule: CostRule) -> bool:
    """Whether months of the same figures may be divided differently by their place in the year."""
    return any(limit.every for limit in (*rule.adjustments.caps, *rule.adjustments.floors))


def _looks_back(rule: CostRule) -> bool:
    """Whether what was paid before may count."""
    adjustments = rule.adjustments
    limits = (*adjustments.caps, *adjustments.floors)
    return (
        bool(adjustments.phase_in)
        or any(limit.against_last_year is not None for limit in limits)
        or not all({part.key, part.otherwise} <= STEADY for part in rule.all_parts())
    )


def _sums(pool: CostPool) -> object:
    kinds: dict[str, int] = {}
    for line in pool.lines:
        kinds[line.kind.value] = kinds.get(line.kind.value, 0) + line.amount.amount
    return tuple(sorted(kinds.items())), pool.net.amount
