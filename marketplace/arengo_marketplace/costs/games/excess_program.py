"""Linear programs over the shares of a table's players, solved in fractions.

A coalition's excess is what its players pay above its own cost. The simplex method runs on as many
constraints as there are unknowns; of the 2ⁿ others those that its point breaks most come in, one at
a time. Floats only point at them: where their rounding leaves a doubt, fractions decide. So there
is no tolerance, however far apart the figures of a table are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from arengo_marketplace.costs.games.basis import Basis, Echelon, Row
from arengo_marketplace.costs.games.table import (
    ROUNDING,
    CostTable,
    Integers,
    Reals,
    sums_over_coalitions,
)

_AT_ONCE = 40
_NOTHING, _ONE = Fraction(), Fraction(1)


@dataclass(frozen=True)
class Solution:
    """Shares, the level of the excesses, and the coalitions that hold it where it is.

    The latter have a positive multiplier: they pay the same in every optimum (a player among them
    also where it may not pay more than alone).
    """

    shares: list[Fraction]
    level: Fraction
    holding: list[int]


@dataclass
class ExcessProgram:
    """Shares of a table's total; what settled coalitions pay stays as it is.

    A constraint is named by its coalition, that a player pays no more than alone by ~player.
    """

    table: CostTable
    bounded: bool
    """Whether nobody may pay more than alone."""
    free: NDArray[np.bool_] = field(init=False)
    """Coalitions of which the settled ones do not say what they pay."""

    def __post_init__(self) -> None:
        self.count = len(self.table.players)
        self._costs = self.table.floats()
        self._alone = [self.table.alone(player) for player in range(self.count)]
        self._settled = Echelon(self.count)
        singles = [1 << player for player in range(self.count)]
        others = [self.table.whole ^ single for single in singles]
        self._known: Integers = np.array(sorted({*singles, *others}), dtype=np.int64)
        self.free = np.ones(len(self._costs), dtype=np.bool_)
        self._settle(self.table.whole, self.table.cost(self.table.whole))

    def least_level(self) -> Solution:
        """Make the largest excess of the free coalitions as small as can be."""
        player = next(player for player in range(self.count) if self.free[1 << player])
        begin = [1 << player, self.table.whole ^ (1 << player)]
        return self._solve([*[_NOTHING] * self.count, _ONE], begin)

    def least_and_most(self, player: int, level: Fraction) -> tuple[Solution, Solution]:
        """The ends of what a player pays while no excess is above a level; nothing is settled."""
        single = [Fraction(player == other) for other in range(self.count + 1)]
        others = self.table.whole ^ (1 << player)
        return (
            self._solve(single, [others], level),
            self._solve([-one for one in single], [1 << player], level),
        )

    def settle(self, found: Solution) -> bool:
        """Hold for good what the solution's holding coalitions pay; whether all shares follow."""
        for coalition in found.holding:
            self._settle(coalition, _paid(found.shares, coalition))
        return len(self._settled.rows) == self.count

    def _settle(self, coalition: int, paid: Fraction) -> None:
        if self._settled.take([*self._members(coalition), paid]):
            self.free &= ~self._decided()

    def _decided(self) -> NDArray[np.bool_]:
        """The coalitions that are sums of the settled ones: of whole numbers, exact as floats."""
        decided = np.ones(len(self._costs), dtype=np.bool_)
        for column in set(range(self.count)) - self._settled.rows.keys():
            needed = [
                self._settled.rows[player][column]
                if player in self._settled.rows
                else Fraction(-(player == column))
                for player in range(self.count)
            ]
            scale = lcm(*(one.denominator for one in needed))
            decided &= sums_over_coalitions([float(one * scale) for one in needed]) == 0
        return decided

    def _members(self, coalition: int) -> list[Fraction]:
        return [Fraction(coalition >> player & 1) for player in range(self.count)]

    def _constraint(self, name: int) -> tuple[int, Row, Fraction]:
        if name < 0:
            return name, [*self._members(1 << ~name), _NOTHING], self._alone[~name]
        return name, [*self._members(name), -_ONE], self.table.cost(name)

    def _equations(
        self, begin: Sequence[int], level: Fraction | None
    ) -> Iterator[tuple[int | None, Row, Fraction]]:
        for row in self._settled.rows.values():
            yield None, [*row[:-1], _NOTHING], row[-1]
        if level is not None:
            yield None, [*[_NOTHING] * self.count, _ONE], level
        for name in (*begin, *(1 << player for player in range(self.count))):
            if self.free[name]:
                yield self._constraint(name)

    def _solve(
        self, objective: Row, begin: Sequence[int], level: Fraction | None = None
    ) -> Solution:
        """Minimise; the coalitions to ``begin`` with have no negative multiplier.

        Constraints come in until the point breaks none. Which one leaves keeps multipliers from
        becoming negative. Bland's rule (1977) ends a round without progress.
        """
        basis = Basis(self.count + 1, self._equations(begin, level))
        idle = 0
        while True:
            multipliers = [-weight for weight in basis.weights(objective)]
            name = self._broken(basis.point, first=idle > 4 * self.count)
            if name is None:
                break
            entering = self._constraint(name)
            weights = basis.weights(entering[1])
            step, _, leaving = min(
                (multipliers[at] / weights[at], own, at)
                for at, own in enumerate(basis.names)
                if own is not None and weights[at] > 0
            )
            idle = 0 if step else idle + 1
            basis.replace(leaving, *entering)
        holding = [
            1 << ~name if name < 0 else name
            for name, multiplier in zip(basis.names, multipliers, strict=True)
            if name is not None and multiplier > 0
        ]
        return Solution(basis.point[:-1], basis.point[-1], holding)

    def _broken(self, point: list[Fraction], *, first: bool) -> int | None:
        """The name of a constraint that a point breaks: the first, or about the one most broken."""
        if self.bounded:
            for player in reversed(range(self.count)):
                if point[player] > self._alone[player]:
                    return ~player
        near = [float(value) for value in point]
        rows = (self._known[:, None] >> np.arange(self.count) & 1).astype(np.float64)
        found = self._worst(self._known, rows @ near[:-1], point, first=first)
        if found is None:
            every = np.arange(len(self._costs), dtype=np.int64)
            found = self._worst(every, sums_over_coalitions(near[:-1]), point, first=first)
        return found

    def _worst(
        self, coalitions: Integers, paid: Reals, point: list[Fraction], *, first: bool
    ) -> int | None:
        costs = self._costs[coalitions]
        broken = np.where(self.free[coalitions], paid - costs - float(point[-1]), -np.inf)
        doubt = ROUNDING * (float(sum(map(abs, point))) + np.abs(costs))
        if len(coalitions) > len(self._known):
            many = min(_AT_ONCE, len(broken))
            worst = np.argpartition(broken, -many)[-many:]
            self._known = np.union1d(self._known, coalitions[worst[broken[worst] > doubt[worst]]])
        most = int(np.argmax(broken))
        if not first and broken[most] > doubt[most]:
            return int(coalitions[most])
        for coalition in coalitions[broken > -doubt].tolist():
            if _paid(point, coalition) - self.table.cost(coalition) > point[-1]:
                return coalition
        return None


def _paid(shares: Sequence[Fraction], coalition: int) -> Fraction:
    """What the players of a coalition pay together."""
    return sum((own for at, own in enumerate(shares) if coalition >> at & 1), _NOTHING)
