"""The weights that a rule's parts give to members, and the cells of the table they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.errors import InvalidRuleError
from arengo_marketplace.costs.keys import Background, KeyContext, KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule import RulePart

_NOTHING = Fraction()
STEADY = frozenset({"equal", "population", "usage", "merchants", "area", "attribute", "fixed"})
"""Keys that give the same weights for any month in which the same members have the same use."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A part of the rule with its weights, also as whole numbers of 1 / ``scale``.

    ``net`` is what the part's mix divides, in minor units; ``kind`` the costs that it is for.
    """

    part: RulePart
    kind: CostKind | None
    net: int
    used: str
    bases: list[Fraction]
    weights: list[Fraction]
    units: list[int]
    scale: int

    @property
    def whole(self) -> Fraction:
        """The weight of all members."""
        return Fraction(sum(self.units), self.scale)


Known = dict[tuple[int, tuple[float, ...]], Weighed]
"""Weights found for a part of a rule and the members' parts of a month."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """Members in order with their days (0 where they bear nothing), and what keys may look at.

    ``known`` remembers weights for other periods of the same rule, members and usage.
    """

    bearers: list[Bearer]
    days: list[int]
    period: Period
    usage: Usage
    keys: KeyRegistry
    background: Background
    known: Known | None = None

    def weigh(self, part: RulePart, kind: CostKind | None, net: int) -> Weighed:
        """The weights by the part's key; by ``otherwise``, then equally, when they are all 0."""
        if self.known is None or not {part.key, part.otherwise} <= STEADY:
            return _weigh(self, part, kind, net)
        where = id(part), parts_of(self.days, self.period)
        if where not in self.known:
            self.known[where] = _weigh(self, part, kind, net)
        return replace(self.known[where], kind=kind, net=net)


def parts_of(days: Sequence[int], period: Period) -> tuple[float, ...]:
    """The part of a period that each has of its days; ``(1.0,)`` where all have the whole."""
    if min(days) == period.days:
        return (1.0,)
    return tuple(count / period.days for count in days)


def _weigh(by: Weighing, part: RulePart, kind: CostKind | None, net: int) -> Weighed:
    bearers, days = by.bearers, by.days
    present = [bearer for bearer, count in zip(bearers, days, strict=True) if count]
    context = KeyContext(by.period, by.usage, part.options, by.background)
    for name in (part.key, part.otherwise, "equal"):
        key = by.keys.get(name, "parts", InvalidRuleError)
        found = key.weights(present, context)
        bases = [found.get(bearer.organization_id, _NOTHING) for bearer in bearers]
        weights = [
            _weight(basis, count, by.period.days if key.prorated else 0)
            for basis, count in zip(bases, days, strict=True)
        ]
        scale = lcm(*(weight.denominator for weight in weights))
        units = [weight.numerator * (scale // weight.denominator) for weight in weights]
        if any(units):
            return Weighed(part, kind, net, name, bases, weights, units, scale)
    raise AssertionError("the equal key weighs every member that has a day")


def _weight(basis: Fraction, days: int, prorated_over: int) -> Fraction:
    """A member's weight; a negative figure (a late correction) counts as 0."""
    if not days or basis.numerator <= 0:
        return _NOTHING
    if prorated_over in (0, days):
        return basis
    return basis * Fraction(days, prorated_over)


def cells(weighed: list[Weighed]) -> tuple[list[list[int]], int]:
    """Each part × member as integer numerators over one denominator."""
    ratios = [(Fraction(one.part.weight) / 100).as_integer_ratio() for one in weighed]
    wholes = [parts * sum(one.units) for (_, parts), one in zip(ratios, weighed, strict=True)]
    denominator = lcm(*wholes)
    cells: list[list[int]] = []
    for (numerator, _), whole, one in zip(ratios, wholes, weighed, strict=True):
        factor = abs(one.net) * numerator * (denominator // whole)
        cells.append([units * factor for units in one.units])
    return cells, denominator
