"""The nucleolus of a table: the largest excess as small as can be, then the next, and so on.

A sequence of linear programs (Kopelowitz 1967; Schmeidler 1969, "The nucleolus of a characteristic
function game", SIAM J. Appl. Math. 17). Guajardo and Jörnsten (2015), "Common mistakes in
computing the nucleolus", EJOR 241, show where such sequences go wrong: a coalition is held although
another optimum leaves it slack, or one is left that the held ones decide already. So a coalition is
held only where it has a positive multiplier, which proves that no optimum leaves it slack, and then
every coalition in the span of the held ones is dropped. All is reckoned in fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from arengo_marketplace.costs.errors import N_, NotGivenError
from arengo_marketplace.costs.games.excess_program import ExcessProgram
from arengo_marketplace.costs.games.table import CostTable

MOST_PLAYERS = 14


@dataclass(frozen=True, slots=True)
class Nucleolus:
    """Exact shares. Where members would pay less alone than together there is no imputation:

    then ``rational`` is False, and these are the shares without that bound (the prenucleolus).
    """

    shares: list[Fraction]
    rational: bool


def has_imputations(table: CostTable) -> bool:
    """Whether the total can be split so that nobody pays more than alone."""
    alone = (table.alone(player) for player in range(len(table.players)))
    return sum(alone, Fraction()) >= table.cost(table.whole)


def nucleolus(table: CostTable) -> Nucleolus:
    """The nucleolus of up to 14 players. Raises NotGivenError beyond."""
    count = len(table.players)
    if count > MOST_PLAYERS:
        raise not_given(count)
    rational = has_imputations(table)
    if count == 1:
        return Nucleolus([table.cost(table.whole)], rational)
    program = ExcessProgram(table, bounded=rational)
    while True:
        found = program.least_level()
        if program.settle(found):
            return Nucleolus(found.shares, rational)


def not_given(count: int) -> NotGivenError:
    """What to say of so many players."""
    return NotGivenError(
        "method",
        N_("the nucleolus is not given for {count} members"),
        N_("It is given for at most {limit}, and for costs by the largest need"),
        count=count,
        limit=MOST_PLAYERS,
    )
