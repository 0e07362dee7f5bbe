"""The nucleolus of a table: the largest excess as small as can be, then the next, and so on.

A sequence of linear programs (Kopelowitz 1967; Schmeidler 1969, "The nucleolus of a characteristic
function game", SIAM J. Appl. Math. 17). Guajardo and Jörnsten (2015), "Common mistakes in
computing the nucleolus", EJOR 241, show where such sequences go wrong: a coalition is held although
another optimum leaves it slack, or one is left that the held ones decide already. So a coalition is
held only when its greatest slack over all optima is nothing, and after each program every coalition
in the span of the held ones is dropped. The held ones make a linear system that is solved in
fractions: what is printed does not depend on the solver's last digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from arengo_marketplace.costs.errors import N_, NotGivenError
from arengo_marketplace.costs.games.excess_program import ExcessProgram, Solution
from arengo_marketplace.costs.games.table import CostTable, Reals

MOST_PLAYERS = 14
_SLACK = 1e-7

Equation = tuple[int, int | None, Fraction]
"""A coalition pays its cost, plus the excess of a stage where one is named."""


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
    program = ExcessProgram(table, bounded=rational)
    equations: list[Equation] = [(table.whole, None, table.cost(table.whole))]
    stage, shares = 0, program.costs[-1:]
    while np.linalg.matrix_rank(program.basis) < count:
        optimum = program.least_level()
        shares = optimum.shares
        held = always_tight(program, optimum)
        for player in optimum.at_bound:
            equations.append((1 << player, None, table.alone(player)))
            program.settle(1 << player, float(program.costs[1 << player]))
        for coalition in held:
            equations.append((coalition, stage, table.cost(coalition)))
            program.settle(coalition, float(program.costs[coalition]) + optimum.level)
        program.forget(_decided(program))
        stage += 1
    exact = _solved(equations, count, stage)
    unit = program.unit
    if max(abs(float(e) / unit - s) for e, s in zip(exact, shares, strict=True)) > 1e-6:
        raise ArithmeticError("the nucleolus found is not the one that its coalitions decide")
    return Nucleolus(exact, rational)


def not_given(count: int) -> NotGivenError:
    """What to say of so many players."""
    return NotGivenError(
        "method",
        N_("the nucleolus is not given for {count} members"),
        N_("It is given for at most {limit}, and for costs by the largest need"),
        count=count,
        limit=MOST_PLAYERS,
    )


def always_tight(program: ExcessProgram, optimum: Solution) -> list[int]:
    """Of the coalitions that press, those that no optimum leaves slack."""
    held: list[int] = []
    level = optimum.level + 1e-10
    for coalition in optimum.pressing:
        row = program.rows(np.array([coalition], dtype=np.int64))[0]
        least = program.extreme(row, level).shares @ row
        if program.costs[coalition] + optimum.level - least < _SLACK:
            held.append(coalition)
    if not held:
        raise ArithmeticError("no coalition is tight in every optimum")
    return held


def _decided(program: ExcessProgram) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The coalitions in the span of the settled ones.

    A row of 0 and 1 outside a span of such rows is at least 10⁻⁵ away from it at 14 players.
    """
    _, strengths, directions = np.linalg.svd(program.basis, full_matrices=False)
    span = directions[strengths > 1e-9]
    rows = program.rows(np.arange(len(program.costs), dtype=np.int64))
    away: Reals = rows - (rows @ span.T) @ span
    return np.einsum("ij,ij->i", away, away) < 1e-12


def _solved(equations: list[Equation], count: int, stages: int) -> list[Fraction]:
    """The one solution for the shares, by elimination in fractions."""
    width = count + stages
    rows: list[list[Fraction]] = []
    for coalition, stage, cost in equations:
        row = [Fraction(coalition >> index & 1) for index in range(count)]
        row += [Fraction(-(stage == index)) for index in range(stages)]
        rows.append([*row, cost])
    for column in range(width):
        pivot = next((at for at in range(column, len(rows)) if rows[at][column]), None)
        if pivot is None:
            raise ArithmeticError("the coalitions that are held do not decide the shares")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = [value / rows[column][column] for value in rows[column]]
        rows[column] = head
        for at, row in enumerate(rows):
            if at != column and row[column]:
                factor = row[column]
                rows[at] = [value - factor * own for value, own in zip(row, head, strict=True)]
    return [rows[index][width] for index in range(count)]
