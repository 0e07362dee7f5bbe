"""A cost game as a table: one figure for each group of players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from arengo_marketplace.costs.games.structure import Figures

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

MOST_PLAYERS = 20
_LIMB = 40

ROUNDING = 2.0**-46
"""Of all figures that are added up or taken away: more than rounding changes their sum, as floats,
for as many players as a table takes."""


@dataclass(frozen=True, eq=False)
class CostTable:
    """The cost of every coalition, as whole numbers of 1 / ``scale``.

    Coalition ``m`` holds player ``i`` when bit ``i`` of ``m`` is set; the empty one costs 0. A
    figure is ``high`` × 2⁴⁰ + ``low``, so that sums over all coalitions stay exact in 64 bits.
    """

    players: tuple[str, ...]
    high: Integers
    low: Integers
    scale: int

    @classmethod
    def of(cls, players: Sequence[str], units: Sequence[int] | Integers, scale: int) -> CostTable:
        """A table of units of 1 / ``scale``, by the number of the coalition."""
        if isinstance(units, np.ndarray):
            high = (units >> _LIMB).astype(np.int64)
            low = (units & ((1 << _LIMB) - 1)).astype(np.int64)
            return cls(tuple(players), high, low, scale)
        high = np.array([unit >> _LIMB for unit in units], dtype=np.int64)
        low = np.array([unit & ((1 << _LIMB) - 1) for unit in units], dtype=np.int64)
        return cls(tuple(players), high, low, scale)

    @property
    def whole(self) -> int:
        """The number of the coalition of all."""
        return len(self.high) - 1

    def cost(self, coalition: int) -> Fraction:
        """The exact cost of a coalition."""
        units = (int(self.high[coalition]) << _LIMB) + int(self.low[coalition])
        return Fraction(units, self.scale)

    def alone(self, player: int) -> Fraction:
        """What a player would pay alone."""
        return self.cost(1 << player)

    def figures(self) -> Figures:
        """The cost of all, of all but each one, and of each one alone."""
        players = range(len(self.players))
        return Figures(
            self.cost(self.whole),
            [self.cost(self.whole ^ (1 << player)) for player in players],
            [self.alone(player) for player in players],
        )

    def floats(self) -> Reals:
        """All costs, as near as floats come to them."""
        return (self.high * float(1 << _LIMB) + self.low) / self.scale

    def names(self, coalition: int) -> list[str]:
        """The players of a coalition."""
        return [name for index, name in enumerate(self.players) if coalition >> index & 1]

    def grouped_sums(self, order: NDArray[np.intp], starts: NDArray[np.intp]) -> list[list[int]]:
        """For each player, the exact sums over the coalitions with it, in groups of an order.

        The last row holds the sums over all coalitions.
        """
        rows: list[list[int]] = []
        limbs = [limb[order] for limb in (self.high, self.low)]
        for player in range(len(self.players) + 1):
            among = np.int64(1)
            if player < len(self.players):
                among = (order >> player & 1).astype(np.int64)
            high, low = (np.add.reduceat(limb * among, starts) for limb in limbs)
            rows.append(
                [(int(h) << _LIMB) + int(w) for h, w in zip(high, low, strict=True)],
            )
        return rows


def sums_over_coalitions(shares: Sequence[float] | Reals) -> Reals:
    """For every coalition the sum of its players' figures; the same bits on any machine."""
    sums = np.zeros(1 << len(shares))
    for index, share in enumerate(shares):
        half = 1 << index
        sums[half : 2 * half] = sums[:half] + share
    return sums


def sizes_of_coalitions(count: int) -> NDArray[np.int8]:
    """The number of players in every coalition of ``count``."""
    sizes = np.zeros(1 << count, dtype=np.int8)
    for index in range(count):
        half = 1 << index
        sizes[half : 2 * half] = sizes[:half] + 1
    return sizes
