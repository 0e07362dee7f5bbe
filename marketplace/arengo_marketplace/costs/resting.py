"""What a rule's division rests on besides members and usage."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from arengo_marketplace.costs.keys import Background
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule

_GAMES = frozenset({"shapley", "scrb", "nucleolus"})


def plays(rule: CostRule) -> bool:
    """Whether a key of the rule divides by the cost game."""
    return any(part.key in _GAMES for part in rule.all_parts())


def background_of(
    rule: CostRule,
    plan: PricePlan,
    inputs: PlanInputs,
    past: Mapping[UUID, int],
    last_year: Mapping[UUID, int],
) -> Background:
    """The background of one month: what each paid before, and the plan's game if a key plays it.

    Raises PopulationUnknownError where the plan's tiers over inhabitants meet a member without a
    figure.
    """
    game = None
    if plays(rule):
        from arengo_marketplace.costs.games.plan_game import game_of

        game = game_of(plan, inputs)
    return Background(game, past, last_year)
