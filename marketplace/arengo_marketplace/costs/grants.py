"""Grants that cover costs, one after the other in their order, never the same cent twice.

Each kind of cost of each service is a cell. Fees, funding entered by hand and credit notes that
exceed a kind's costs lower the cells of their service in proportion. In its turn a grant asks in
each cell for its rate of the cost, rounded down to the cent over the service, at most for what
nothing covers yet; a co-financing share holds what all grants cover together below the rest of the
eligible cost. Where a grant has less left than it is asked for, it is divided in proportion to what
was asked. Largest remainders take the cents, ties by offer and kind, so that the order of input
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind, CostPool
from arengo_marketplace.costs.rounding import largest_remainder

Used = Mapping[date, int]
"""What a grant covered, in minor units, by the month's first day."""
_KINDS = tuple(CostKind)
_ALONE = UUID(int=0)
_NOTHING = dict.fromkeys(_KINDS, 0)


class CapPeriod(StrEnum):
    """In what periods a grant's second cap counts."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant's terms. ``kinds`` and ``services``: none means all.

    ``rate`` and ``co_financing`` are per cent of the eligible cost: what the grant covers at most,
    and what others than grants bear at least. ``cap`` and ``period_cap`` are minor units. A month
    counts when all of it lies in the ``window``. Smaller ``place`` comes first, then smaller id.
    """

    id: UUID
    title: str
    place: int
    rate: Decimal
    window: Period
    cap: int
    period_cap: int | None = None
    per: CapPeriod = CapPeriod.YEAR
    co_financing: Decimal = Decimal(0)
    kinds: frozenset[CostKind] = frozenset()
    services: frozenset[str] = frozenset()

    def eligible(self, service: str) -> tuple[CostKind, ...]:
        """The kinds of a service's costs that it covers."""
        if self.services and service not in self.services:
            return ()
        return tuple(kind for kind in _KINDS if not self.kinds or kind in self.kinds)

    def covers(self, month: Period) -> bool:
        """Whether a month lies in its window."""
        return self.window.start <= month.start and month.end <= self.window.end

    def left(self, month: Period, used: Used) -> int:
        """Minor units that it can still cover in a month; 0 outside its window."""
        if not self.covers(month):
            return 0
        left = self.cap - sum(used.values())
        if self.period_cap is not None:
            left = min(left, self.period_cap - sum(self._in_period(month, used)))
        return max(left, 0)

    def _in_period(self, month: Period, used: Used) -> Iterable[int]:
        for day, amount in used.items():
            if day.year == month.start.year and (
                self.per is CapPeriod.YEAR or day.month == month.start.month
            ):
                yield amount

    def to_json(self) -> dict[str, Any]:
        """What a division needs of it besides what is left."""
        return {
            "id": str(self.id),
            "title": self.title,
            "place": self.place,
            "rate": f"{self.rate:f}",
            "co_financing": f"{self.co_financing:f}",
            "kinds": sorted(self.kinds),
            "services": sorted(self.services),
            "from": self.window.start.isoformat(),
            "to": self.window.end.isoformat(),
            "cap": self.cap,
            "period_cap": self.period_cap,
            "per": self.per.value,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Grant:
        """Read such a document; raises KeyError and ValueError for another's."""
        return cls(
            id=UUID(document["id"]),
            title=document["title"],
            place=document["place"],
            rate=Decimal(document["rate"]),
            window=Period(date.fromisoformat(document["from"]), date.fromisoformat(document["to"])),
            cap=document["cap"],
            period_cap=document["period_cap"],
            per=CapPeriod(document["per"]),
            co_financing=Decimal(document["co_financing"]),
            kinds=frozenset(CostKind(kind) for kind in document["kinds"]),
            services=frozenset(document["services"]),
        )


@dataclass(frozen=True, slots=True)
class Purse:
    """A grant with the minor units that it can cover in the month at hand."""

    grant: Grant
    left: int

    def to_json(self) -> dict[str, Any]:
        """The grant's document and what was left."""
        return {**self.grant.to_json(), "left": self.left}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Purse:
        """Read such a document; raises KeyError and ValueError for another's."""
        return cls(Grant.from_json(document), document["left"])


@dataclass(frozen=True, slots=True)
class Covered:
    """What a grant covers of an offer's costs in a month, in minor units, more than nothing."""

    offer_id: UUID
    grant: Grant
    amount: int


@dataclass(frozen=True, slots=True)
class Costs:
    """An offer's costs by kind, the fees and the funding that was entered, in minor units."""

    offer_id: UUID
    service: str
    by_kind: Mapping[CostKind, int]
    fees: int = 0
    funding: int = 0

    @classmethod
    def of(cls, offer_id: UUID, service: str, pool: CostPool) -> Costs:
        """The costs of a pool."""
        by_kind = dict(_NOTHING)
        for line in pool.lines:
            by_kind[line.kind] += line.amount.amount
        return cls(offer_id, service, by_kind, pool.fees.amount, pool.funding.amount)


def cover(costs: Iterable[Costs], purses: Iterable[Purse]) -> list[Covered]:
    """What each grant covers of each offer, by offer and in the grants' order."""
    cells = [_Cells(one) for one in sorted(costs, key=lambda one: one.offer_id)]
    covered: list[Covered] = []
    for purse in sorted(purses, key=lambda one: (one.grant.place, one.grant.id)):
        asked = [one.ask(purse.grant) for one in cells]
        for one, amounts in zip(cells, _within(asked, purse.left), strict=True):
            amount = sum(amounts.values())
            if amount:
                one.take(purse.grant, amounts)
                covered.append(Covered(one.costs.offer_id, purse.grant, amount))
    return sorted(covered, key=lambda one: (one.offer_id, one.grant.place, one.grant.id))


@dataclass(frozen=True, slots=True)
class ExpectedGrant:
    """A running grant in an offer's outlook.

    ``used`` is what it covered so far, ``elsewhere`` the minor units that other offers are expected
    to take of it in a month, as in the last month in which it covered anything.
    """

    grant: Grant
    used: Used
    elsewhere: int = 0


class Outgoings:
    """Grants month after month, as an offer and the others are expected to use them up."""

    def __init__(self, expected: Sequence[ExpectedGrant]) -> None:
        self._expected = expected
        self._used = {one.grant.id: dict(one.used) for one in expected}

    def cover(self, service: str, pool: CostPool) -> CostPool:
        """The pool of the next month with what grants cover of it."""
        purses: list[Purse] = []
        for one in self._expected:
            left = one.grant.left(pool.period, self._used[one.grant.id])
            elsewhere = min(one.elsewhere, left)
            self._add(one.grant, pool.period, elsewhere)
            purses.append(Purse(one.grant, left - elsewhere))
        covered = cover([Costs.of(_ALONE, service, pool)], purses)
        for use in covered:
            self._add(use.grant, pool.period, use.amount)
        return pool.funded(sum(use.amount for use in covered))

    def _add(self, grant: Grant, month: Period, amount: int) -> None:
        used = self._used[grant.id]
        used[month.start] = used.get(month.start, 0) + amount


def covered_by(covered: Iterable[Covered], offer_id: UUID) -> tuple[Covered, ...]:
    """What grants cover of one offer."""
    return tuple(one for one in covered if one.offer_id == offer_id)


def _within(asked: Sequence[Mapping[CostKind, int]], left: int) -> list[dict[CostKind, int]]:
    """What was asked for, or as much of it as is left, in proportion."""
    flat = [amount for amounts in asked for amount in amounts.values()]
    if sum(flat) > max(left, 0):
        flat = largest_remainder([amount * max(left, 0) for amount in flat], sum(flat))
    given = iter(flat)
    return [{kind: next(given) for kind in amounts} for amounts in asked]


class _Cells:
    """An offer's costs by kind: ``open`` is what nothing covers, ``granted`` what grants do."""

    def __init__(self, costs: Costs) -> None:
        self.costs = costs
        self.cost = {kind: max(costs.by_kind.get(kind, 0), 0) for kind in _KINDS}
        credits = sum(-amount for amount in costs.by_kind.values() if amount < 0)
        taken = self._in_proportion(costs.fees + costs.funding + credits)
        self.open = {kind: self.cost[kind] - taken[kind] for kind in _KINDS}
        self.granted = self._in_proportion(costs.funding)
        self._limits: list[tuple[tuple[CostKind, ...], int]] = []

    def _in_proportion(self, amount: int) -> dict[CostKind, int]:
        whole = sum(self.cost.values())
        if not whole:
            return dict(_NOTHING)
        amount = min(max(amount, 0), whole)
        parts = largest_remainder([self.cost[kind] * amount for kind in _KINDS], whole)
        return dict(zip(_KINDS, parts, strict=True))

    def _limit(self, grant: Grant) -> tuple[tuple[CostKind, ...], int]:
        kinds = grant.eligible(self.costs.service)
        rest = 1 - Fraction(grant.co_financing) / 100
        return kinds, int(sum(self.cost[kind] for kind in kinds) * rest)

    def ask(self, grant: Grant) -> dict[CostKind, int]:
        kinds = grant.eligible(self.costs.service)
        rate = Fraction(grant.rate) / 100
        exact = [self.cost[kind] * rate.numerator for kind in kinds]
        asked = dict(_NOTHING)
        for kind, part in zip(kinds, largest_remainder(exact, rate.denominator), strict=True):
            asked[kind] = min(part, self.open[kind])
        for eligible, limit in (*self._limits, self._limit(grant)):
            self._hold_below(asked, eligible, limit)
        return asked

    def _hold_below(
        self, asked: dict[CostKind, int], eligible: tuple[CostKind, ...], limit: int
    ) -> None:
        room = max(limit - sum(self.granted[kind] for kind in eligible), 0)
        (held,) = _within([{kind: asked[kind] for kind in eligible}], room)
        asked.update(held)

    def take(self, grant: Grant, amounts: Mapping[CostKind, int]) -> None:
        self._limits.append(self._limit(grant))
        for kind, amount in amounts.items():
            self.open[kind] -= amount
            self.granted[kind] += amount
