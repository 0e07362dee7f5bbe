"""A year of an offer as a case to judge: divided month by month, by any rule from its start on."""

from __future__ import annotations

from dataclasses import replace

from arengo_marketplace.costs.allocation import in_order
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.charges import Every, TieredCharge, UnitCharge
from arengo_marketplace.costs.forecast import Scenario, year_inputs
from arengo_marketplace.costs.games.plan_game import game_of
from arengo_marketplace.costs.games.structure import Part, StructuredGame, merged
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.mends import Case
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.quick_year import year_of
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import OfferYear


def case_of(year: OfferYear, rule: CostRule, keys: KeyRegistry = BUILT_IN) -> Case:
    """The year under a rule; its game is that of the price plans of all months."""
    scenario = year.scenario
    members = in_order(year.members)
    inputs = year_inputs(scenario, members)

    def divide(rule: CostRule) -> dict[str, int]:
        ruled = replace(scenario, rule=rule, later_rules={})
        shares = year_of(ruled, members, keys).shares
        return {one.rule_id: shares.get(one.organization_id, 0) for one in members}

    return Case(
        _game(scenario, inputs),
        rule,
        divide,
        members,
        scenario.period,
        _meters(scenario),
        Every.YEAR,
    )


def _game(scenario: Scenario, inputs: PlanInputs) -> StructuredGame:
    parts: list[Part] = []
    players: tuple[str, ...] = ()
    for month in scenario.period.months():
        game = game_of(scenario.plan_in(month.start), replace(inputs, period=month))
        players = game.players
        parts += game.parts
    return StructuredGame(players, tuple(merged(parts)))


def _meters(scenario: Scenario) -> set[str]:
    """The meters that the plan prices and for which some use is expected."""
    priced = {
        charge.meter
        for charge in scenario.plan.charges
        if isinstance(charge, UnitCharge | TieredCharge)
    }
    return {meter for meter in priced if any(scenario.monthly_usage.get(meter, {}).values())}
