"""What a rule changes in the shares that its keys give: discounts, phase-ins, caps and floors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from arengo_core.money import exponent
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, Span
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

    def figures(
        self,
        bearers: Sequence[Bearer],
        days: Sequence[int],
        period: Period,
        currency: str,
        last_year: Mapping[UUID, int],
    ) -> Iterator[tuple[int, int, int]]:
        """The figures of those for whom it applies: the number of the member, and minor units as a
        ratio of whole numbers, which are a tenth of the work of fractions.

        Who paid nothing a year ago, or was given a credit, has no figure against that year.
        """
        held = [at for at, bearer in enumerate(bearers) if self.who.holds(bearer)]
        if self.against_last_year is not None:
            part = Fraction(self.against_last_year) / 100
            for at in held:
                paid = last_year.get(bearers[at].organization_id, 0)
                if paid > 0:
                    yield at, paid * part.numerator, part.denominator
            return
        rate = Fraction(self.amount or 0)
        if self.per_inhabitant is not None:
            rate = Fraction(self.per_inhabitant) * 10 ** exponent(currency)
        amounts, parts = [rate.numerator] * len(held), rate.denominator
        if self.per_inhabitant is not None:
            amounts = [rate.numerator * bearers[at].inhabitants() for at in held]
        if self.every is not None:
            months = [Span.of(self.every, month) for month in period.months()]
            due = [month.accrued(amounts, parts) for month in months]
            amounts, parts = [sum(own) for own in zip(*due, strict=True)], 1
        parts *= period.days
        for at, amount in zip(held, amounts, strict=True):
            yield at, amount * days[at], parts


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

    def named(self) -> set[str]:
        """The members that are meant by name."""
        meant = [*self.exempt, *(one.who for one in (*self.discounts, *self.caps, *self.floors))]
        return {name for who in meant for name in who.members or ()} | dict(self.fixed).keys()

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

    def bounds(
        self,
        bearers: Sequence[Bearer],
        days: Sequence[int],
        period: Period,
        currency: str,
        last_year: Mapping[UUID, int],
    ) -> list[tuple[int, int | None]]:
        """The least and the most that each pays, in whole minor units within its limits."""
        least = [0] * len(bearers)
        most: list[int | None] = [None] * len(bearers)
        for limit in self.floors:
            for at, amount, parts in limit.figures(bearers, days, period, currency, last_year):
                least[at] = max(least[at], -(-amount // parts))
        for limit in self.caps:
            for at, amount, parts in limit.figures(bearers, days, period, currency, last_year):
                before = most[at]
                most[at] = amount // parts if before is None else min(before, amount // parts)
        return list(zip(least, most, strict=True))
