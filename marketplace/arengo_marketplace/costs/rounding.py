"""Rounding to whole minor units such that sums stay exact.

Amounts are integer numerators over one common denominator: exact, and quick at any size.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm


def largest_remainder(numerators: Sequence[int], denominator: int) -> list[int]:
    """Round amounts that add up to a whole number; the sum stays (Hamilton's method).

    Each amount is rounded down, and the units left over go one each to the largest remainders;
    of equal remainders the earlier in the list comes first.
    """
    rounded = [numerator // denominator for numerator in numerators]
    left = sum(numerators) // denominator - sum(rounded)
    order = sorted(range(len(rounded)), key=lambda index: -(numerators[index] % denominator))
    for index in order[:left]:
        rounded[index] += 1
    return rounded


@dataclass(frozen=True, slots=True)
class Exact:
    """Exact amounts that add up to a whole number: ``units`` of 1 / ``scale``."""

    units: list[int]
    scale: int

    @classmethod
    def of(cls, amounts: Sequence[Fraction]) -> Exact:
        """Fractions over the least denominator that all have."""
        scale = lcm(*(amount.denominator for amount in amounts))
        return cls([one.numerator * (scale // one.denominator) for one in amounts], scale)

    def reduced(self) -> Exact:
        """The same amounts in the largest units."""
        shared = gcd(self.scale, *self.units)
        return Exact([unit // shared for unit in self.units], self.scale // shared)

    def fractions(self) -> list[Fraction]:
        """Each amount."""
        return [Fraction(unit, self.scale) for unit in self.units]

    def rounded(self) -> list[int]:
        """Whole amounts by largest remainder."""
        return largest_remainder(self.units, self.scale)


def round_shares(shares: Sequence[Fraction]) -> list[int]:
    """Round exact shares that add up to a whole number by largest remainder."""
    return Exact.of(shares).rounded()


def round_table(
    cells: Sequence[Sequence[int]],
    denominator: int,
    row_totals: Sequence[int],
    column_totals: Sequence[int],
) -> list[list[int]]:
    """Round a table to given column totals, exactly, and to given row totals.

    Cells that are nothing stay nothing. Units left over after rounding down go to the largest
    remainders while row and column have room; where that leaves a gap, units already given move
    along the shortest chain of cells that closes it. Only when the cells that are nothing leave
    no chain at all does a row end off its total; columns never do. (A flow in the sense of
    Cox 1987, "A constructive procedure for unbiased controlled rounding", JASA 82.)
    """
    return _Table(cells, denominator, row_totals, column_totals).rounded()


class _Table:
    def __init__(
        self,
        cells: Sequence[Sequence[int]],
        denominator: int,
        row_totals: Sequence[int],
        column_totals: Sequence[int],
    ) -> None:
        self.cells = cells
        self.floors = [[cell // denominator for cell in row] for row in cells]
        self.remainders = [[cell % denominator for cell in row] for row in cells]
        self.amounts = [list(row) for row in self.floors]
        self.row_gaps = [
            whole - sum(row) for whole, row in zip(row_totals, self.floors, strict=True)
        ]
        self.column_gaps = [
            whole - sum(column)
            for whole, column in zip(column_totals, zip(*self.floors, strict=True), strict=True)
        ]

    def rounded(self) -> list[list[int]]:
        self._give_to_remainders()
        for column, gap in enumerate(self.column_gaps):
            for _ in range(gap):
                self._place(column)
        return self.amounts

    def _give_to_remainders(self) -> None:
        order = sorted(
            (-remainder, column, row)
            for row, remainders in enumerate(self.remainders)
            for column, remainder in enumerate(remainders)
            if remainder
        )
        for _, column, row in order:
            if self.row_gaps[row] > 0 and self.column_gaps[column] > 0:
                self.amounts[row][column] += 1
                self.row_gaps[row] -= 1
                self.column_gaps[column] -= 1

    def _place(self, column: int) -> None:
        if self._place_along_chain(column, strict=True):
            return
        if self._place_along_chain(column, strict=False):
            return
        row = max(range(len(self.cells)), key=lambda index: self.cells[index][column])
        self.amounts[row][column] += 1
        self.row_gaps[row] -= 1

    def _has_room(self, row: int, column: int, *, strict: bool) -> bool:
        if strict:
            given = self.amounts[row][column] > self.floors[row][column]
            return self.remainders[row][column] > 0 and not given
        return self.cells[row][column] > 0

    def _place_along_chain(self, column: int, *, strict: bool) -> bool:
        rows = range(len(self.cells))
        came: dict[int, tuple[int, int | None]] = {
            row: (column, None) for row in rows if self._has_room(row, column, strict=strict)
        }
        waiting = deque(came)
        while waiting:
            row = waiting.popleft()
            if self.row_gaps[row] > 0:
                self._shift(row, came)
                return True
            for other, amount in enumerate(self.amounts[row]):
                if amount > self.floors[row][other]:
                    for target in rows:
                        if target not in came and self._has_room(target, other, strict=strict):
                            came[target] = (other, row)
                            waiting.append(target)
        return False

    def _shift(self, end: int, came: dict[int, tuple[int, int | None]]) -> None:
        self.row_gaps[end] -= 1
        row: int | None = end
        while row is not None:
            column, previous = came[row]
            self.amounts[row][column] += 1
            if previous is not None:
                self.amounts[previous][column] -= 1
            row = previous
