"""How evenly a cost lies on inhabitants: the curve of Lorenz and the number of Gini."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Payer:
    """What an organization with inhabitants pays, in minor units."""

    organization_id: UUID
    name: str
    population: int
    amount: int

    @property
    def per_inhabitant(self) -> Fraction:
        """Minor units per inhabitant."""
        return Fraction(self.amount, self.population)


@dataclass(frozen=True, slots=True)
class Point:
    """All up to a payer: their parts of the inhabitants and of the cost, from 0 to 1."""

    payer: Payer
    inhabitants: Fraction
    cost: Fraction


@dataclass(frozen=True, slots=True)
class LorenzCurve:
    """The payers from the least per inhabitant to the most, each with what came so far.

    Of inhabitants of which one half pays as much as the other the curve is a straight line.
    """

    points: tuple[Point, ...]

    @property
    def gini(self) -> Decimal:
        """From 0 (everybody pays the same per inhabitant) towards 1 (one pays all), 4 places."""
        apart = Fraction(1)
        x = y = Fraction()
        for point in self.points:
            apart -= (point.inhabitants - x) * (point.cost + y)
            x, y = point.inhabitants, point.cost
        return (Decimal(apart.numerator) / apart.denominator).quantize(_PLACES)

    def cost_of_first(self, part: Fraction) -> Fraction:
        """The part of the cost that a part of the inhabitants bears, those who pay least."""
        x = y = Fraction()
        for point in self.points:
            if point.inhabitants >= part:
                return y + (point.cost - y) * (part - x) / (point.inhabitants - x)
            x, y = point.inhabitants, point.cost
        return Fraction(1)

    def tenths(self) -> list[tuple[int, Fraction]]:
        """For 10, 20, ... 100 per cent of the inhabitants the part of the cost they bear."""
        return [(10 * tenth, self.cost_of_first(Fraction(tenth, 10))) for tenth in range(1, 11)]


def lorenz_curve(payers: Iterable[Payer]) -> LorenzCurve | None:
    """The curve of a cost over payers; those without inhabitants do not count.

    None where nothing is paid or somebody is credited: then there are no parts of a whole.
    Source: M. O. Lorenz, "Methods of measuring the concentration of wealth" (1905); C. Gini,
    "Variabilità e mutabilità" (1912); inhabitants of one payer count alike.
    """
    counted = [payer for payer in payers if payer.population > 0]
    people = sum(payer.population for payer in counted)
    cost = sum(payer.amount for payer in counted)
    if cost <= 0 or any(payer.amount < 0 for payer in counted):
        return None
    return LorenzCurve(tuple(_points(counted, people, cost)))


def _points(payers: Sequence[Payer], people: int, cost: int) -> Iterable[Point]:
    x = y = 0
    for payer in sorted(payers, key=lambda one: (one.per_inhabitant, one.organization_id)):
        x, y = x + payer.population, y + payer.amount
        yield Point(payer, Fraction(x, people), Fraction(y, cost))
