"""A cost game by the structure of a price: parts whose cost follows from few figures a player.

Amounts are minor units as exact fractions. A part's ``figures`` are what its closed formulas need.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

_NOTHING = Fraction()


class Figures(NamedTuple):
    """The cost of all players, of all but each one, and of each one alone."""

    whole: Fraction
    without: list[Fraction]
    alone: list[Fraction]


@dataclass(frozen=True, slots=True)
class Curve:
    """A price in straight pieces over a whole quantity; nothing at 0 and below.

    Piece ``t`` holds up to and including ``tops[t]``, the last one without end: there the price is
    its intercept plus its rate for each unit.
    """

    tops: tuple[int, ...]
    pieces: tuple[tuple[Fraction, Fraction], ...]

    def price(self, quantity: int) -> Fraction:
        """The exact price of a quantity."""
        if quantity <= 0:
            return _NOTHING
        intercept, rate = self.pieces[bisect_left(self.tops, quantity)]
        return intercept + rate * quantity


@dataclass(frozen=True, slots=True)
class Own:
    """Each player's own cost, whoever else is there."""

    amounts: tuple[Fraction, ...]

    def cost(self, players: Collection[int]) -> Fraction:
        """What a group costs."""
        return sum((self.amounts[player] for player in players), _NOTHING)

    def times(self, factor: Fraction) -> Own:
        """The same at another price."""
        return Own(tuple(amount * factor for amount in self.amounts))

    def figures(self) -> Figures:
        """Whole, without each, alone."""
        whole = sum(self.amounts, _NOTHING)
        return Figures(whole, [whole - own for own in self.amounts], list(self.amounts))


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest need of a group's players: a runway, or a fixed cost where all needs are one."""

    needs: tuple[Fraction, ...]

    def cost(self, players: Collection[int]) -> Fraction:
        """What a group costs."""
        return max((self.needs[player] for player in players), default=_NOTHING)

    def times(self, factor: Fraction) -> Largest:
        """The same at another price."""
        return Largest(tuple(need * factor for need in self.needs))

    def figures(self) -> Figures:
        """Whole, without each, alone."""
        *_, second, first = [_NOTHING, *sorted(self.needs)]
        top = self.needs.index(first)
        without = [second if player == top else first for player in range(len(self.needs))]
        return Figures(first, without, list(self.needs))


@dataclass(frozen=True, slots=True)
class Summed:
    """A price by the sum of the players' quantities, times a factor."""

    quantities: tuple[int, ...]
    curve: Curve
    factor: Fraction = Fraction(1)

    def cost(self, players: Collection[int]) -> Fraction:
        """What a group costs."""
        quantity = sum(self.quantities[player] for player in players)
        return self.factor * self.curve.price(quantity)

    def times(self, factor: Fraction) -> Summed:
        """The same at another price."""
        return replace(self, factor=self.factor * factor)

    def figures(self) -> Figures:
        """Whole, without each, alone."""
        total = sum(self.quantities)

        def price(quantity: int) -> Fraction:
            return self.factor * self.curve.price(quantity)

        without = [price(total - quantity) for quantity in self.quantities]
        return Figures(price(total), without, [price(quantity) for quantity in self.quantities])


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A group with a present player pays the sum of some parts, and a minimum at least."""

    minimum: Fraction
    present: tuple[bool, ...]
    parts: tuple[Own | Summed, ...]

    def cost(self, players: Collection[int]) -> Fraction:
        """What a group costs."""
        due = sum((part.cost(players) for part in self.parts), _NOTHING)
        return max(due, self.minimum) if any(self.present[one] for one in players) else due

    def times(self, factor: Fraction) -> AtLeast:
        """The same at another price."""
        return AtLeast(
            self.minimum * factor, self.present, tuple(part.times(factor) for part in self.parts)
        )

    def figures(self) -> Figures:
        """Whole, without each, alone."""
        due = _added([part.figures() for part in self.parts], len(self.present))
        count = sum(self.present)

        def least(amount: Fraction, anybody: bool) -> Fraction:
            return max(amount, self.minimum) if anybody else amount

        return Figures(
            least(due.whole, count > 0),
            [
                least(amount, count > here)
                for amount, here in zip(due.without, self.present, strict=True)
            ],
            [least(amount, here) for amount, here in zip(due.alone, self.present, strict=True)],
        )


Part = Own | Largest | Summed | AtLeast


def merged(parts: Sequence[Part]) -> Iterator[Part]:
    """The same parts, those alike (as months are) as one, and each one's own costs together."""
    own = [part.amounts for part in parts if isinstance(part, Own)]
    if own:
        yield Own(tuple(sum(months, _NOTHING) for months in zip(*own, strict=True)))
    sums: dict[tuple[tuple[int, ...], Curve], Fraction] = {}
    least: dict[AtLeast, int] = {}
    for part in parts:
        if isinstance(part, Summed):
            key = (part.quantities, part.curve)
            sums[key] = sums.get(key, _NOTHING) + part.factor
        elif isinstance(part, AtLeast):
            least[part] = least.get(part, 0) + 1
        elif isinstance(part, Largest):
            yield part
    for (quantities, prices), factor in sums.items():
        if factor:
            yield Summed(quantities, prices, factor)
    for part, months in least.items():
        yield part.times(Fraction(months))


def _added(figures: Sequence[Figures], count: int) -> Figures:
    return Figures(
        sum((one.whole for one in figures), _NOTHING),
        [sum((one.without[player] for one in figures), _NOTHING) for player in range(count)],
        [sum((one.alone[player] for one in figures), _NOTHING) for player in range(count)],
    )


@dataclass(frozen=True, slots=True)
class StructuredGame:
    """Players by their ids, in order, and the parts of which the cost of a group is the sum."""

    players: tuple[str, ...]
    parts: tuple[Part, ...]

    def cost(self, players: Collection[int]) -> Fraction:
        """What a group, by the players' numbers, would pay alone."""
        return sum((part.cost(players) for part in self.parts), _NOTHING)

    def figures(self) -> Figures:
        """The cost of all, of all but each one, and of each one alone."""
        return _added([part.figures() for part in self.parts], len(self.players))
