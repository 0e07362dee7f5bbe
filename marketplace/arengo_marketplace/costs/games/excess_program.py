"""Linear programs over the shares of a table's players, with coalitions added as they press.

A coalition's excess is what its players pay above its own cost. Most of the 2ⁿ constraints never
matter: each program starts with few and takes in those that its solution breaks most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from arengo_marketplace.costs.games.table import CostTable, Reals, sums_over_coalitions

Masks = NDArray[np.int64]

TOLERANCE = 1e-9
_AT_ONCE = 40
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True)
class Solution:
    """Shares, the level of the excesses, and the constraints that hold it where it is."""

    shares: Reals
    level: float
    pressing: list[int]
    """Coalitions with a positive multiplier."""
    at_bound: list[int]
    """Players held at what they would pay alone, with a positive multiplier."""


@dataclass
class ExcessProgram:
    """Shares of a table's total, in units of ``unit``; settled coalitions stay where they are."""

    table: CostTable
    bounded: bool
    """Whether nobody may pay more than alone."""
    unit: float = 1.0
    free: NDArray[np.bool_] = field(init=False)
    """Coalitions whose excess is not settled yet."""

    def __post_init__(self) -> None:
        costs = self.table.floats()
        self.count = len(self.table.players)
        self.unit = float(np.abs(costs).max()) or 1.0
        self.costs = costs / self.unit
        self.free = np.ones(len(costs), dtype=np.bool_)
        self.free[[0, -1]] = False
        self._settled: list[tuple[int, float]] = [(self.table.whole, float(self.costs[-1]))]
        singles = [1 << index for index in range(self.count)]
        others = [self.table.whole ^ single for single in singles]
        self._rows: Masks = np.array(sorted({*singles, *others}), dtype=np.int64)

    def settle(self, coalition: int, paid: float) -> None:
        """Hold what a coalition pays together, in units."""
        self._settled.append((coalition, paid))

    def forget(self, gone: NDArray[np.bool_]) -> None:
        """Free no more: what these coalitions pay follows from the settled ones."""
        self.free &= ~gone

    @property
    def basis(self) -> Reals:
        """The settled coalitions as rows of 0 and 1."""
        return self.rows(np.array([mask for mask, _ in self._settled], dtype=np.int64))

    def rows(self, masks: Masks) -> Reals:
        """Coalitions as rows of 0 and 1."""
        return (masks[:, None] >> np.arange(self.count) & 1).astype(np.float64)

    def least_level(self) -> Solution:
        """Make the largest excess of the free coalitions as small as can be."""
        return self._solve(np.append(np.zeros(self.count), 1.0), None)

    def extreme(self, direction: Reals, level: float) -> Solution:
        """Minimise a sum of shares while no free coalition's excess is above a level."""
        return self._solve(np.append(direction, 0.0), level)

    def _solve(self, objective: Reals, level: float | None) -> Solution:
        equal = np.column_stack([self.basis, np.zeros(len(self._settled))])
        paid = [amount for _, amount in self._settled]
        alone = [self.costs[1 << index] for index in range(self.count)]
        bounds: list[tuple[float | None, float | None]] = [
            *((None, own if self.bounded else None) for own in alone),
            (level, level),
        ]
        while True:
            rows = self._rows[self.free[self._rows]]
            found = linprog(
                objective,
                A_ub=np.column_stack([self.rows(rows), -np.ones(len(rows))]),
                b_ub=self.costs[rows],
                A_eq=equal,
                b_eq=paid,
                bounds=bounds,
                method="highs",
                options=_EXACT,
            )
            if found.status != 0:
                raise ArithmeticError(f"a linear program of the game failed: {found.message}")
            shares, reached = found.x[:-1], found.x[-1]
            broken = sums_over_coalitions(shares) - self.costs - reached
            broken[~self.free] = -np.inf
            worst = np.argpartition(broken, -_AT_ONCE)[-_AT_ONCE:] if len(broken) > 64 else None
            worst = np.arange(len(broken)) if worst is None else worst
            worst = worst[broken[worst] > TOLERANCE]
            new = np.setdiff1d(worst, self._rows)
            if not len(new):
                break
            self._rows = np.union1d(self._rows, new)
        pressing = rows[found.ineqlin.marginals < -1e-7]
        held = np.flatnonzero(found.upper.marginals[:-1] < -1e-7)
        return Solution(shares, float(reached), pressing.tolist(), held.tolist())
