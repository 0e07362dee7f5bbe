"""Dividing a cost pool over its bearers by a rule: the one function that previews and settles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from arengo_core.money import Money
from arengo_marketplace.costs.adjusting import Adjusting, Step
from arengo_marketplace.costs.adjustments import Adjustments
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.charges import round_half_up
from arengo_marketplace.costs.errors import N_, CostError, NoBearersError
from arengo_marketplace.costs.keys import Background, KeyRegistry
from arengo_marketplace.costs.pool import CostKind, CostPool
from arengo_marketplace.costs.rounding import Exact, largest_remainder, round_table
from arengo_marketplace.costs.rule import CostRule, RulePart
from arengo_marketplace.costs.weighing import Weighed, Weighing, cells


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
    kind: CostKind | None = None

    @property
    def fell_back(self) -> bool:
        """Whether the key that the rule names could not divide anything."""
        return self.used != self.part.key


@dataclass(frozen=True, slots=True)
class Component:
    """What one part of the rule charges one member of ``net``: the pool's, or its kind's.

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
    kind: CostKind | None = None

    @property
    def exact(self) -> Fraction:
        """Minor units before rounding: net × per cent of the part × weight ÷ whole."""
        per_cent = Fraction(self.part.weight) / 100
        return self.net.amount * per_cent * self.weight / self.whole


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the rule adds to a member's share, or takes from it, after its keys.

    ``reason`` is fixed_amount, discount, phase_in or limit, also where the member pays what others
    were spared. ``exact`` is minor units before rounding.
    """

    reason: str
    exact: Fraction
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """One member's part of the pool; its components and adjustments add up to it."""

    bearer: Bearer
    days: int
    amount: Money
    components: tuple[Component, ...]
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def exact(self) -> Fraction:
        """The share in minor units before rounding."""
        return sum((one.exact for one in (*self.components, *self.adjustments)), Fraction())

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

    The shares add up to the pool, and the components of each part of the rule to its total. Each
    kind of adjustment adds up to nothing over all, but fixed amounts, which the keys do not divide.
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


def allocate(
    pool: CostPool,
    rule: CostRule,
    members: Iterable[Bearer],
    usage: Usage | None = None,
    keys: KeyRegistry = BUILT_IN,
    background: Background | None = None,
) -> Allocation:
    """Divide what is left of a pool (or a credit, when negative) over its members.

    Shares are exact fractions rounded by largest remainder, ties by organization id; the order
    of the members does not matter. A member without a day in the period pays nothing. A credit is
    divided by the keys alone. Raises NoBearersError when nobody has a day, RuleUnmetError when
    fixed amounts, caps or floors clash with the pool, PopulationUnknownError, InvalidRuleError, and
    CostError when a member is listed twice.
    """
    bearers = in_order(members)
    days = [bearer.days_in(pool.period) for bearer in bearers]
    known = background or Background()
    by = Weighing(bearers, days, pool.period, usage or {}, keys, known)
    made = _divide(pool, rule, by)
    weighed, sign = made.weighed, made.sign
    row_totals = largest_remainder([sum(row) for row in made.cells], made.denominator)
    table = round_table(made.cells, made.denominator, row_totals, made.rounded)

    def money(amount: int) -> Money:
        return Money(sign * amount, pool.currency)

    changes, amounts = _changes(made.steps, made.base(), made.rounded, pool.currency)
    wholes = [one.whole for one in weighed]
    shares = tuple(
        Share(
            bearer,
            days[column],
            money(amounts[column]),
            tuple(
                Component(
                    one.part,
                    one.used,
                    one.bases[column],
                    one.weights[column],
                    wholes[row],
                    Money(one.net, pool.currency),
                    money(table[row][column]),
                    one.kind,
                )
                for row, one in enumerate(weighed)
            ),
            tuple(changes[column]),
        )
        for column, bearer in enumerate(bearers)
    )
    totals = tuple(
        KeyTotal(one.part, one.used, sum(one.bases, Fraction()), whole, money(sum(row)), one.kind)
        for one, whole, row in zip(weighed, wholes, table, strict=True)
    )
    return Allocation(pool, rule, totals, shares)


def amounts(pool: CostPool, rule: CostRule, by: Weighing) -> list[int]:
    """What ``allocate`` gives each member of a weighing, in minor units: the amounts alone."""
    made = _divide(pool, rule, by)
    final = made.rounded
    for _, after in made.steps:
        final = after.rounded()
    return [made.sign * amount for amount in final]


@dataclass(frozen=True, slots=True)
class _Divided:
    """The table of parts and members over one denominator, and the members' shares by the keys."""

    weighed: list[Weighed]
    cells: list[list[int]]
    denominator: int
    columns: list[int]
    rounded: list[int]
    steps: list[Step]
    sign: int

    def base(self) -> Exact:
        """The shares by the keys before rounding."""
        return Exact(self.columns, self.denominator)


def _divide(pool: CostPool, rule: CostRule, by: Weighing) -> _Divided:
    """Divide by the keys, then adjust; ``by`` holds the members' days in the period."""
    bearers, days = by.bearers, by.days
    if not any(days):
        raise NoBearersError(
            "members",
            N_("nobody was a member between {start} and {end}"),
            N_("Check the dates of the memberships, or record the cost in another period"),
            start=pool.period.start,
            end=pool.period.end,
        )
    net = pool.net.amount
    adjusting = Adjusting(pool, rule.adjustments, bearers, days, by.background)
    fixed = adjusting.fixed_amounts()
    divided = net - sum(fixed.values())
    bearing = [0 if at in fixed else count for at, count in enumerate(adjusting.paying())]
    if not any(bearing) and divided == 0:
        bearing = adjusting.paying()
    by = replace(by, days=bearing)
    weighed = [
        by.weigh(part, kind, amount)
        for kind, parts, amount in _mixes(pool, rule, divided)
        for part in parts
    ]
    table, denominator = cells(weighed)
    columns = [sum(column) for column in zip(*table, strict=True)]
    rounded = largest_remainder(columns, denominator)
    made = _Divided(weighed, table, denominator, columns, rounded, [], -1 if net < 0 else 1)
    if net > 0 and rule.adjustments != Adjustments():
        made.steps.extend(adjusting.steps(made.base(), fixed))
    return made


Mix = tuple[CostKind | None, tuple[RulePart, ...], int]


def _mixes(pool: CostPool, rule: CostRule, divided: int) -> list[Mix]:
    """Each mix with the minor units that it divides: fees and grants lower all kinds alike.

    Where a kind's lines come to less than nothing, the mix for other costs divides all.
    """
    costs = dict.fromkeys((None, *rule.kinds), 0)
    for line in pool.lines:
        kind = line.kind if line.kind in rule.kinds else None
        costs[kind] += line.amount.amount
    whole = sum(costs.values())
    if whole <= 0 or min(costs.values()) < 0:
        return [(None, rule.parts, divided)]
    nets = largest_remainder([abs(divided) * cost for cost in costs.values()], whole)
    sign = -1 if divided < 0 else 1
    return [
        (kind, rule.kinds[kind] if kind else rule.parts, sign * net)
        for (kind, cost), net in zip(costs.items(), nets, strict=True)
        if cost
    ]


def _changes(
    steps: list[Step],
    base: Exact,
    rounded: list[int],
    currency: str,
) -> tuple[list[list[Adjustment]], list[int]]:
    """What each step changes for each member, and the shares after the last."""
    changes: list[list[Adjustment]] = [[] for _ in rounded]
    before, amounts = base.fractions(), rounded
    for reason, made in steps:
        after, following = made.fractions(), made.rounded()
        for column, change in enumerate(changes):
            added = following[column] - amounts[column]
            if added or after[column] != before[column]:
                exact = after[column] - before[column]
                change.append(Adjustment(reason, exact, Money(added, currency)))
        before, amounts = after, following
    return changes, amounts


def in_order(members: Iterable[Bearer]) -> list[Bearer]:
    """The members by id. Raises CostError when one is listed twice."""
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
