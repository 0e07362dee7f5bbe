"""What a rule changes in the shares that its keys give: discounts, phase-ins, caps and floors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from arengo_core.money import exponent
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, accrued
from arengo_marketplace.costs.period import Period


@dataclass(frozen=True, slots=True)
class Who:
    """Members by name, or by an attribute's value or range; everybody when nothing is said."""

    members: tuple[str, ...] | None = None
    attribute: str = ""
    equals: str | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None

    def holds(self, bearer: Bearer) -> bool:
        """Whether a member is meant. Raises CostError where a range meets no number."""
        if self.members is not None and bearer.rule_id not in self.members:
            return False
        if not self.attribute:
            return True
        if self.equals is not None:
            return str(bearer.attributes.get(self.attribute, "")) == self.equals
        figure = bearer.figure(self.attribute)
        above = self.at_least is None or figure >= self.at_least
        return above and (self.below is None or figure < self.below)


@dataclass(frozen=True, slots=True)
class Discount:
    """So many per cent less than by the keys; the others pay what is missing."""

    per_cent: Decimal
    who: Who


@dataclass(frozen=True, slots=True)
class Step:
    """From a day on, so many per cent by this rule and the rest as in the past period."""

    from_day: date
    per_cent: Decimal


@lru_cache(maxsize=64)
def _minor(rate: Decimal, currency: str) -> Fraction:
    """A rate in minor units."""
    return Fraction(rate) * 10 ** exponent(currency)


@lru_cache(maxsize=8192)
def _accrued_in(amount: Fraction, every: Every, period: Period) -> Fraction:
    """What accrues in a period; of 553 members and a year it is asked anew for each offer."""
    return Fraction(sum(accrued(amount, every, month) for month in period.months()))


@dataclass(frozen=True, slots=True)
class Limit:
    """The most or the least that a member pays: one of three figures.

    ``amount`` is minor units and ``per_inhabitant`` major ones, for the period divided, or by
    month or year where ``every`` says so; both count by days of membership. ``against_last_year``
    is per cent of what the member paid for the same period a year ago.
    """

    who: Who
    amount: int | None = None
    per_inhabitant: Decimal | None = None
    against_last_year: Decimal | None = None
    every: Every | None = None

    def bound(
        self, bearer: Bearer, period: Period, currency: str, last_year: int | None
    ) -> Fraction | None:
        """The figure for a member, in minor units; None where it does not apply."""
        if not self.who.holds(bearer):
            return None
        if self.against_last_year is not None:
            return None if last_year is None else last_year * Fraction(self.against_last_year) / 100
        if self.per_inhabitant is not None:
            amount = _minor(self.per_inhabitant, currency) * bearer.inhabitants()
        else:
            amount = Fraction(self.amount or 0)
        if self.every is not None:
            amount = _accrued_in(amount, self.every, period)
        days = bearer.days_in(period)
        return amount if days == period.days else amount * Fraction(days, period.days)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """All of a rule's; what is empty changes nothing.

    ``exempt`` members pay nothing, those with ``fixed`` amounts (minor units) these and no more.
    """

    exempt: tuple[Who, ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    discounts: tuple[Discount, ...] = ()
    phase_in: tuple[Step, ...] = ()
    caps: tuple[Limit, ...] = ()
    floors: tuple[Limit, ...] = ()

    def is_exempt(self, bearer: Bearer) -> bool:
        """Whether a member pays nothing."""
        return any(who.holds(bearer) for who in self.exempt)

    def discount_of(self, bearer: Bearer) -> Fraction:
        """The largest discount that is meant for a member, as a part of 1."""
        fitting = (one.per_cent for one in self.discounts if one.who.holds(bearer))
        return Fraction(max(fitting, default=Decimal())) / 100

    def phase_of(self, day: date) -> Fraction:
        """How much of the rule is in force on a day, as a part of 1."""
        begun = [step for step in self.phase_in if step.from_day <= day]
        if not self.phase_in:
            return Fraction(1)
        return Fraction(begun[-1].per_cent) / 100 if begun else Fraction()

    def bounds_of(
        self, bearer: Bearer, period: Period, currency: str, last_year: int | None
    ) -> tuple[int, int | None]:
        """The least and the most that a member pays, in whole minor units within its limits."""

        def found(limits: Iterable[Limit]) -> list[Fraction]:
            bounds = (one.bound(bearer, period, currency, last_year) for one in limits)
            return [bound for bound in bounds if bound is not None]

        caps = found(self.caps) if self.caps else ()
        floors = found(self.floors) if self.floors else ()
        return ceil(max(floors, default=0)), floor(min(caps)) if caps else None
