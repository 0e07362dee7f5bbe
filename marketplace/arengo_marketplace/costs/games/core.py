"""The core: splits of the total at which no group of players would pay less on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from arengo_marketplace.costs.games.excess_program import ExcessProgram
from arengo_marketplace.costs.games.table import (
    ROUNDING,
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
    """The splits whose largest excess is the smallest possible, ``epsilon``; exact.

    ``ranges`` holds the least and the most that each player pays among them; ``inner`` is one of
    them. Where there is but one player nobody can leave, and ``epsilon`` is None.
    """

    epsilon: Fraction | None
    ranges: list[tuple[Fraction, Fraction]]
    inner: list[Fraction]


def most_violated(table: CostTable, shares: Sequence[Fraction]) -> Excess | None:
    """The coalition that overpays most, of equal ones the smallest; None when in the core.

    Looks at every coalition. Shares that do not add up to the total are nobody's core.
    """
    costs = table.floats()
    own = [float(share) for share in shares]
    excesses = sums_over_coalitions(own) - costs
    margin = np.maximum(_NOTHING, ROUNDING * (sum(map(abs, own)) + np.abs(costs)))
    excesses[[0, -1]] = -np.inf
    if len(shares) == 1 or not (excesses > margin).any():
        return None
    near = np.flatnonzero(excesses >= excesses.max() - margin)
    sizes = sizes_of_coalitions(len(shares))[near]
    coalition = int(near[np.argmin(sizes)])
    paid = sum((share for index, share in enumerate(shares) if coalition >> index & 1), Fraction())
    return Excess(coalition, paid - table.cost(coalition))


def least_core(table: CostTable) -> LeastCore:
    """The least core, by linear programs (Maschler, Peleg and Shapley 1979)."""
    if len(table.players) == 1:
        own = table.cost(1)
        return LeastCore(None, [(own, own)], [own])
    program = ExcessProgram(table, bounded=False)
    level = program.least_level().level
    ends = [program.least_and_most(player, level) for player in range(len(table.players))]
    ranges = [
        (least.shares[player], most.shares[player]) for player, (least, most) in enumerate(ends)
    ]
    corners = [end.shares for both in ends for end in both]
    inner = [sum(paid, Fraction()) / len(corners) for paid in zip(*corners, strict=True)]
    return LeastCore(level, ranges, inner)


def least_complaint(table: CostTable) -> Fraction:
    """The largest excess where it is as small as can be; above 0 the core is empty.

    Of two players at least.
    """
    return ExcessProgram(table, bounded=False).least_level().level
