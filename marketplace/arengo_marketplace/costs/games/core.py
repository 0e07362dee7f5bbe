"""The core: splits of the total at which no group of players would pay less on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from arengo_marketplace.costs.games.excess_program import ExcessProgram
from arengo_marketplace.costs.games.table import (
    CostTable,
    sizes_of_coalitions,
    sums_over_coalitions,
)

_NOTHING = 5e-7
"""Less than half of the sixth decimal is rounding, not a reason to leave."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A coalition and how much more its players pay than it would cost alone."""

    coalition: int
    amount: Fraction


@dataclass(frozen=True, slots=True)
class LeastCore:
    """The splits whose largest excess is the smallest possible, ``epsilon``.

    ``ranges`` holds the least and the most that each player pays among them; ``inner`` is one of
    them. Where there is but one player nobody can leave, and ``epsilon`` is None.
    """

    epsilon: float | None
    ranges: list[tuple[float, float]]
    inner: list[float]


def most_violated(table: CostTable, shares: Sequence[Fraction]) -> Excess | None:
    """The coalition that overpays most, of equal ones the smallest; None when in the core.

    Looks at every coalition. Shares that do not add up to the total are nobody's core.
    """
    costs = table.floats()
    excesses = sums_over_coalitions([float(share) for share in shares]) - costs
    excesses[[0, -1]] = -np.inf
    margin = max(_NOTHING, 1e-12 * float(np.abs(costs).max()))
    largest = float(excesses.max())
    if len(shares) == 1 or largest <= margin:
        return None
    near = np.flatnonzero(excesses >= largest - margin)
    sizes = sizes_of_coalitions(len(shares))[near]
    coalition = int(near[np.argmin(sizes)])
    paid = sum((share for index, share in enumerate(shares) if coalition >> index & 1), Fraction())
    return Excess(coalition, paid - table.cost(coalition))


def least_core(table: CostTable) -> LeastCore:
    """The least core, by linear programs (Maschler, Peleg and Shapley 1979)."""
    if len(table.players) == 1:
        own = float(table.cost(1))
        return LeastCore(None, [(own, own)], [own])
    program = ExcessProgram(table, bounded=False)
    level = program.least_level().level
    ranges: list[tuple[float, float]] = []
    corners: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    for direction in np.eye(len(table.players)):
        lowest = program.extreme(direction, level + 1e-10).shares
        highest = program.extreme(-direction, level + 1e-10).shares
        ranges.append(
            (float(lowest @ direction) * program.unit, float(highest @ direction) * program.unit)
        )
        corners += [lowest, highest]
    inner = np.mean(corners, axis=0) * program.unit
    return LeastCore(level * program.unit, ranges, inner.tolist())


def least_complaint(table: CostTable) -> float:
    """The largest excess where it is as small as can be; above 0 the core is empty.

    Of two players at least.
    """
    program = ExcessProgram(table, bounded=False)
    return program.least_level().level * program.unit
