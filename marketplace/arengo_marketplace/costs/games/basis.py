"""Linear systems in fractions: independent rows, and the point that as many of them decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

Row = Sequence[Fraction]

_NOTHING = Fraction()


class Echelon:
    """Independent rows, each with a leading column where it is 1 and all others are 0.

    Only the first ``columns`` lead; what stands behind them, as a right-hand side, goes along.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows: dict[int, list[Fraction]] = {}

    def take(self, row: Row) -> bool:
        """Add a row. False, and nothing is added, where it follows from the others."""
        left = list(row)
        for column, own in self.rows.items():
            left = _less(left, own, left[column])
        leading = next((at for at in range(self.columns) if left[at]), None)
        if leading is None:
            return False
        left = [value / left[leading] for value in left]
        for column, own in self.rows.items():
            self.rows[column] = _less(own, left, own[leading])
        self.rows[leading] = left
        return True


def _less(row: list[Fraction], other: list[Fraction], times: Fraction) -> list[Fraction]:
    if not times:
        return row
    return [a - times * b if b else a for a, b in zip(row, other, strict=True)]


class Basis:
    """As many independent equations as unknowns, told apart by their ``names``.

    ``point`` is where all hold. One without a name stays for good; the others give way to new ones,
    one at a time. What follows from the equations before it is left out.
    """

    def __init__(self, size: int, equations: Iterable[tuple[int | None, Row, Fraction]]) -> None:
        echelon = Echelon(size)
        self.names: list[int | None] = []
        values: list[Fraction] = []
        for name, row, value in equations:
            number = len(self.names)
            if echelon.take([*row, *(Fraction(at == number) for at in range(size))]):
                self.names.append(name)
                values.append(value)
        self._inverse = [echelon.rows[column][size:] for column in range(size)]
        self.point = [product(row, values) for row in self._inverse]

    def weights(self, row: Row) -> list[Fraction]:
        """How much of each equation's row makes up this one."""
        sums = [_NOTHING] * len(row)
        for value, own in zip(row, self._inverse, strict=True):
            sums = _less(sums, own, -value)
        return sums

    def replace(self, number: int, name: int, row: Row, value: Fraction) -> None:
        """Put an equation in the place of another, of whose row its own has some."""
        weights = self.weights(row)
        missing = value - product(row, self.point)
        for at, own in enumerate(self._inverse):
            if own[number]:
                part = own[number] / weights[number]
                self._inverse[at] = _less(own, weights, part)
                self._inverse[at][number] = part
                self.point[at] += part * missing
        self.names[number] = name


def product(row: Row, other: Row) -> Fraction:
    """The sum of the products of two rows' figures."""
    return sum((a * b for a, b in zip(row, other, strict=True) if a and b), _NOTHING)
