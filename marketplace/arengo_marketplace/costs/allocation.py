"""Dividing a cost pool over its bearers by a rule: the one function that previews and settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from uuid import UUID

from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.charges import round_half_up
from arengo_marketplace.costs.errors import N_, CostError, InvalidRuleError, NoBearersError
from arengo_marketplace.costs.keys import BUILT_IN, KeyContext, KeyRegistry
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.rounding import largest_remainder, round_table
from arengo_marketplace.costs.rule import CostRule, RulePart

_NOTHING = Fraction()


@dataclass(frozen=True, slots=True)
class KeyTotal:
    """One part of the rule in this settlement: what it divided, and by which total weight.

    ``used`` differs from ``part.key`` when that one weighed nothing and another stepped in.
    """

    part: RulePart
    used: str
    basis: Fraction
    weight: Fraction
    amount: Money

    @property
    def fell_back(self) -> bool:
        """Whether the key that the rule names could not divide anything."""
        return self.used != self.part.key


@dataclass(frozen=True, slots=True)
class Component:
    """What one part of the rule charges one member of the pool's ``net``.

    ``basis`` is the member's figure (inhabitants, units, 1), ``weight`` the same after days of
    membership, ``whole`` the weight of all members.
    """

    part: RulePart
    used: str
    basis: Fraction
    weight: Fraction
    whole: Fraction
    net: Money
    amount: Money

    @property
    def exact(self) -> Fraction:
        """Minor units before rounding: net × per cent of the part × weight ÷ whole."""
        per_cent = Fraction(self.part.weight) / 100
        return self.net.amount * per_cent * self.weight / self.whole


@dataclass(frozen=True, slots=True)
class Share:
    """One member's part of the pool; the amounts of its components add up to it."""

    bearer: Bearer
    days: int
    amount: Money
    components: tuple[Component, ...]

    @property
    def exact(self) -> Fraction:
        """The share in minor units before rounding."""
        return sum((component.exact for component in self.components), Fraction())

    @property
    def rounding(self) -> Fraction:
        """What rounding added or took, in minor units: always less than one."""
        return self.amount.amount - self.exact

    @property
    def per_inhabitant(self) -> Money | None:
        """The share per inhabitant, rounded to the cent for show; None without inhabitants."""
        return per_inhabitant(self.amount, self.bearer.population)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A divided pool. Shares are in the order of the organizations' ids.

    The shares add up to the pool, and the components of each part of the rule to its total.
    """

    pool: CostPool
    rule: CostRule
    keys: tuple[KeyTotal, ...]
    shares: tuple[Share, ...]

    def share_of(self, organization_id: UUID) -> Share:
        """One member's share. Raises KeyError."""
        for share in self.shares:
            if share.bearer.organization_id == organization_id:
                return share
        raise KeyError(organization_id)


def per_inhabitant(amount: Money, population: int | None) -> Money | None:
    """An amount per inhabitant, rounded to the cent for show; None without inhabitants."""
    if not population:
        return None
    return Money(round_half_up(Fraction(amount.amount, population)), amount.currency)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A part of the rule with its weights, also as whole numbers of 1 / ``scale``."""

    part: RulePart
    used: str
    bases: list[Fraction]
    weights: list[Fraction]
    units: list[int]
    scale: int

    @property
    def whole(self) -> Fraction:
        return Fraction(sum(self.units), self.scale)


def allocate(
    pool: CostPool,
    rule: CostRule,
    members: Iterable[Bearer],
    usage: Usage | None = None,
    keys: KeyRegistry = BUILT_IN,
) -> Allocation:
    """Divide what is left of a pool (or a credit, when negative) over its members.

    Shares are exact fractions rounded by largest remainder, ties by organization id; the order
    of the members does not matter. A member without a day in the period pays nothing. Raises
    NoBearersError when nobody has one, PopulationUnknownError, InvalidRuleError, and CostError
    when a member is listed twice.
    """
    bearers = _in_order(members)
    days = [bearer.days_in(pool.period) for bearer in bearers]
    if not any(days):
        raise NoBearersError(
            "members",
            N_("nobody was a member between {start} and {end}"),
            N_("Check the dates of the memberships, or record the cost in another period"),
            start=pool.period.start,
            end=pool.period.end,
        )
    weighed = [_weigh(part, bearers, days, pool, usage or {}, keys) for part in rule.parts]
    net = pool.net
    sign = -1 if net.amount < 0 else 1
    cells, denominator = _cells(abs(net.amount), weighed)
    rounded_shares = largest_remainder(
        [sum(column) for column in zip(*cells, strict=True)], denominator
    )
    row_totals = largest_remainder([sum(row) for row in cells], denominator)
    table = round_table(cells, denominator, row_totals, rounded_shares)

    def money(amount: int) -> Money:
        return Money(sign * amount, pool.currency)

    wholes = [one.whole for one in weighed]
    shares = tuple(
        Share(
            bearer,
            days[column],
            money(rounded_shares[column]),
            tuple(
                Component(
                    one.part,
                    one.used,
                    one.bases[column],
                    one.weights[column],
                    wholes[row],
                    net,
                    money(table[row][column]),
                )
                for row, one in enumerate(weighed)
            ),
        )
        for column, bearer in enumerate(bearers)
    )
    totals = tuple(
        KeyTotal(one.part, one.used, sum(one.bases, Fraction()), whole, money(sum(row)))
        for one, whole, row in zip(weighed, wholes, table, strict=True)
    )
    return Allocation(pool, rule, totals, shares)


def _in_order(members: Iterable[Bearer]) -> list[Bearer]:
    bearers = sorted(members, key=lambda member: member.organization_id)
    for one, following in pairwise(bearers):
        if one.organization_id == following.organization_id:
            raise CostError(
                "members",
                N_("{name} is listed twice"),
                N_("List it once, with all the ranges of days on which it took part"),
                name=one.name or one.organization_id,
            )
    return bearers


def _weigh(
    part: RulePart,
    bearers: list[Bearer],
    days: list[int],
    pool: CostPool,
    usage: Usage,
    keys: KeyRegistry,
) -> _Weighed:
    """The weights by the part's key; by ``otherwise``, then equally, when they are all 0."""
    present = [bearer for bearer, count in zip(bearers, days, strict=True) if count]
    for name in (part.key, part.otherwise, "equal"):
        key = keys.get(name, "parts", InvalidRuleError)
        found = key.weights(present, KeyContext(pool.period, usage, part.options))
        bases = [found.get(bearer.organization_id, _NOTHING) for bearer in bearers]
        weights = [
            _weight(basis, count, pool.period.days if key.prorated else 0)
            for basis, count in zip(bases, days, strict=True)
        ]
        scale = lcm(*(weight.denominator for weight in weights))
        units = [weight.numerator * (scale // weight.denominator) for weight in weights]
        if any(units):
            return _Weighed(part, name, bases, weights, units, scale)
    raise AssertionError("the equal key weighs every member that has a day")


def _weight(basis: Fraction, days: int, prorated_over: int) -> Fraction:
    """A member's weight; a negative figure (a late correction) counts as 0."""
    if not days or basis.numerator <= 0:
        return _NOTHING
    if prorated_over in (0, days):
        return basis
    return basis * Fraction(days, prorated_over)


def _cells(amount: int, weighed: list[_Weighed]) -> tuple[list[list[int]], int]:
    """Each part × member as integer numerators over one denominator."""
    ratios = [(Fraction(one.part.weight) / 100).as_integer_ratio() for one in weighed]
    wholes = [parts * sum(one.units) for (_, parts), one in zip(ratios, weighed, strict=True)]
    denominator = lcm(*wholes)
    cells: list[list[int]] = []
    for (numerator, _), whole, one in zip(ratios, wholes, weighed, strict=True):
        factor = amount * numerator * (denominator // whole)
        cells.append([units * factor for units in one.units])
    return cells, denominator
