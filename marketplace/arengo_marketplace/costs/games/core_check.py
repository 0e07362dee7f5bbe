"""Whether a group of members would pay less alone: every group up to 20, then by structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from arengo_marketplace.costs.games.coalition_program import Found, largest_excess
from arengo_marketplace.costs.games.concave import worst_group
from arengo_marketplace.costs.games.core import most_violated
from arengo_marketplace.costs.games.solutions import Game, table_of
from arengo_marketplace.costs.games.table import MOST_PLAYERS, CostTable

SECONDS = 10.0
_LEAST_SECONDS = 0.1
"""A program of many members is not begun for less: writing it and HiGHS's presolve, which looks at
no clock, take as long."""
_NOT_LOOKED = Found([], Fraction(), float("inf"), False)


@dataclass(frozen=True, slots=True)
class CoreCheck:
    """What was found of some shares; amounts in minor units.

    ``in_core`` is None where neither a group that would leave was found nor that there is none was
    proved. ``members`` is the group that overpays most of those found, by ``amount``; no group does
    by more than ``bound``, which is infinite where there was no time to find one. ``proved`` is
    whether none overpays more than ``members``.
    """

    in_core: bool | None
    members: list[str]
    amount: Fraction
    bound: float
    proved: bool


def check_core(
    game: Game, shares: Mapping[str, Fraction], seconds: float = SECONDS, margin: float = 0.0
) -> CoreCheck:
    """Look for the group that overpays most; ``margin`` minor units of overpaying are rounding.

    Up to 20 members every group is looked at; beyond, a closed form serves where prices only
    flatten and the shares are of the whole cost, else the search ends after so many seconds.
    """
    own = [shares[player] for player in game.players]
    if isinstance(game, CostTable) or len(own) <= MOST_PLAYERS:
        table = game if isinstance(game, CostTable) else table_of(game)
        worst = most_violated(table, own)
        if worst is None:
            return CoreCheck(True, [], Fraction(), 0.0, True)
        amount = worst.amount
        return CoreCheck(
            amount <= margin, table.names(worst.coalition), amount, float(amount), True
        )
    found = worst_group(game, own)
    if found is None or not (found.proved or found.bound <= margin):
        found = largest_excess(game, own, seconds) if seconds >= _LEAST_SECONDS else _NOT_LOOKED
    members = [game.players[at] for at in found.players]
    # Programs work to a millionth of the whole: a bound below that says that there is nothing.
    nothing = max(margin, 1e-6 * float(sum(map(abs, own), Fraction())))
    in_core = None
    if found.amount > nothing:
        in_core = False
    elif found.bound <= nothing:
        in_core = True
    return CoreCheck(in_core, members, found.amount, found.bound, found.proved)
