"""Which group of many members loses most: a mixed-integer program over a price's structure.

One variable of 0 or 1 says for each member whether it is in the group; a few more say on which
piece of each price the group's quantity lies. HiGHS maximises what the group pays above its own
cost; at its time limit it has a group and a bound that no group exceeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from arengo_marketplace.costs.games.structure import AtLeast, Largest, Own, StructuredGame, Summed

Terms = dict[int, float]
"""Coefficients by the number of a variable."""


@dataclass(frozen=True, slots=True)
class Found:
    """The group found, by the players' numbers, what it loses exactly, and the bound for all."""

    players: list[int]
    amount: Fraction
    bound: float
    proved: bool


@dataclass
class _Program:
    """Variables and rows of a program that is being written; costs in units of ``unit``."""

    unit: float
    integral: list[int] = field(default_factory=list[int])
    most: list[float] = field(default_factory=list[float])
    rows: list[tuple[Terms, float, float]] = field(default_factory=list[tuple[Terms, float, float]])

    def variable(self, *, whole: bool, most: float = 1.0) -> int:
        """A new variable from 0 to ``most``."""
        self.integral.append(int(whole))
        self.most.append(most)
        return len(self.most) - 1

    def row(self, terms: Terms, least: float, most: float = np.inf) -> None:
        """A row that must lie between two figures."""
        self.rows.append((terms, least, most))

    def cost(self, part: Own | Largest | Summed | AtLeast) -> Terms:
        """A part's cost as a sum of variables; new ones are added as it needs them."""
        match part:
            case Own(amounts):
                return {at: float(amount) / self.unit for at, amount in enumerate(amounts)}
            case Largest(needs):
                return self._largest(needs)
            case Summed():
                return self._summed(part)
            case AtLeast(minimum, present, parts):
                due = self.variable(whole=False, most=np.inf)
                terms: Terms = {due: 1.0}
                for one in parts:
                    _add(terms, self.cost(one), -1.0)
                self.row(terms, 0.0)
                anybody = self._largest([minimum if here else Fraction() for here in present])
                _add(anybody, {due: -1.0}, 1.0)
                self.row(anybody, -np.inf, 0.0)
                return {due: 1.0}

    def _largest(self, needs: Sequence[Fraction]) -> Terms:
        """A step for each need, taken when somebody in the group needs it or more."""
        terms: Terms = {}
        before: int | None = None
        below = Fraction()
        for need in sorted({need for need in needs if need}):
            step = self.variable(whole=False)
            terms[step] = float(need - below) / self.unit
            for at, own in enumerate(needs):
                if own == need:
                    self.row({step: 1.0, at: -1.0}, 0.0)
            if before is not None:
                self.row({before: 1.0, step: -1.0}, 0.0)
            before, below = step, need
        return terms

    def _summed(self, part: Summed) -> Terms:
        """The group's quantity lies on one piece of the price, or is nothing."""
        total = sum(part.quantities)
        if not total:
            return {}
        terms: Terms = {}
        quantity: Terms = {at: -own / total for at, own in enumerate(part.quantities) if own}
        chosen: Terms = {}
        edges = [0, *part.curve.tops, total]
        for piece, (intercept, rate) in enumerate(part.curve.pieces):
            least, most = edges[piece] + 1, min(edges[piece + 1], total)
            if least > most:
                continue
            on = self.variable(whole=True)
            units = self.variable(whole=False)
            self.row({units: 1.0, on: -least / total}, 0.0)
            self.row({units: 1.0, on: -most / total}, -np.inf, 0.0)
            quantity[units] = 1.0
            chosen[on] = 1.0
            terms[on] = float(part.factor * intercept) / self.unit
            terms[units] = float(part.factor * rate * total) / self.unit
        self.row(quantity, 0.0, 0.0)
        self.row(chosen, 0.0, 1.0)
        return terms


def _add(terms: Terms, others: Mapping[int, float], times: float) -> None:
    for variable, value in others.items():
        terms[variable] = terms.get(variable, 0.0) + times * value


def largest_excess(game: StructuredGame, shares: Sequence[Fraction], seconds: float) -> Found:
    """The group that pays most above its own cost, looked for so many seconds at most.

    ``shares`` are in the order of the game's players, of whom there are two at least.
    """
    until = monotonic() + seconds
    count = len(game.players)
    unit = float(sum(map(abs, shares), Fraction())) or 1.0
    program = _Program(unit)
    for _ in shares:
        program.variable(whole=True)
    loss: Terms = {at: float(share) / unit for at, share in enumerate(shares)}
    for part in game.parts:
        _add(loss, program.cost(part), -1.0)
    program.row(dict.fromkeys(range(count), 1.0), 1.0, count - 1.0)
    width = len(program.most)
    entries = [
        (row, column, value)
        for row, (terms, _, _) in enumerate(program.rows)
        for column, value in terms.items()
    ]
    rows, columns, values = zip(*entries, strict=True)
    matrix = coo_array((values, (rows, columns)), shape=(len(program.rows), width)).tocsr()
    objective = np.zeros(width)
    for column, value in loss.items():
        objective[column] = -value
    # SciPy's signatures speak of single numbers where it takes one for each row.
    least: Any = [row[1] for row in program.rows]
    most: Any = [row[2] for row in program.rows]
    highest: Any = program.most
    result = milp(
        objective,
        integrality=program.integral,
        bounds=Bounds(0, highest),
        constraints=LinearConstraint(matrix, least, most),
        options={"time_limit": max(until - monotonic(), 0.0), "mip_rel_gap": 0.0},
    )
    chosen = [0] if result.x is None else np.flatnonzero(result.x[:count] > 0.5).tolist()
    amount = sum((shares[at] for at in chosen), Fraction()) - game.cost(chosen)
    if result.status == 0:
        return Found(chosen, amount, float(amount), True)
    bound = np.inf if result.mip_dual_bound is None else -float(result.mip_dual_bound) * unit
    return Found(chosen, amount, max(bound, float(amount)), False)
