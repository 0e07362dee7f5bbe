"""The charges of a price plan and what each costs in a month.

Amounts are minor units (cents); rates are major units (euro) as exact decimals of at most 8
places. A yearly amount falls due in twelve equal parts, a part of a month by its days; amounts
are rounded on the running total of the month or year, so that parts always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from arengo_core.money import Money, exponent
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostKind, CostLine


class Every(StrEnum):
    """How often an amount falls due."""

    MONTH = "month"
    YEAR = "year"


class Measure(StrEnum):
    """What the tiers of a charge run over."""

    METER = "meter"
    INHABITANTS = "inhabitants"
    MEMBERS = "members"


class TierMode(StrEnum):
    """Graduated: each slice at its own rate. All units: everything at the rate reached."""

    GRADUATED = "graduated"
    ALL_UNITS = "all_units"


def round_half_up(value: Fraction) -> int:
    """The nearest whole number of minor units, halves upwards."""
    return floor(value + Fraction(1, 2))


def changed_amount(amount: int, factor: Fraction) -> int:
    """An amount in minor units at another price, to the unit."""
    return round_half_up(amount * factor)


def changed_rate(rate: Decimal, factor: Fraction) -> Decimal:
    """A rate at another price, to 8 decimals."""
    return Decimal(round_half_up(Fraction(rate) * factor * 10**8)).scaleb(-8)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one month as parts of what falls due: from ``begun`` to ``ended`` of ``parts``."""

    begun: int
    ended: int
    parts: int

    @classmethod
    def of(cls, every: Every, days: Period) -> Span:
        """The part that days of one month are of a month or year."""
        first = days.start.replace(day=1)
        length = Period.months_from(first, 1).days
        yearly = every is Every.YEAR
        before = (first.month - 1) * length if yearly else 0
        begun, ended = (before + (edge - first).days for edge in (days.start, days.end))
        return cls(begun, ended, length * (12 if yearly else 1))

    def accrued(self, numerators: Sequence[int], denominator: int) -> list[int]:
        """What falls due of amounts of ``numerators`` / ``denominator``, in whole minor units."""
        # Halves upwards, as round_half_up does, in whole numbers: members' caps ask it often.
        begun, ended, half = 2 * self.begun, 2 * self.ended, denominator * self.parts
        whole = 2 * half
        return [(own * ended + half) // whole - (own * begun + half) // whole for own in numerators]


def accrued(amount: Fraction, every: Every, days: Period) -> int:
    """The part of a monthly or yearly amount that falls on some days of one month."""
    return Span.of(every, days).accrued([amount.numerator], amount.denominator)[0]


@dataclass(frozen=True, slots=True)
class FixedCharge:
    """An amount per month or year, whoever takes part."""

    label: str
    amount: int
    every: Every

    def times(self, factor: Fraction) -> FixedCharge:
        """The charge at another price."""
        return replace(self, amount=changed_amount(self.amount, factor))

    def lines(self, month: Period, inputs: PlanInputs, currency: str) -> Iterator[CostLine]:
        """The cost in (a part of) a month."""
        amount = accrued(Fraction(self.amount), self.every, month)
        yield CostLine(CostKind.FIXED, self.label, Money(amount, currency), month)


@dataclass(frozen=True, slots=True)
class OneOffCharge:
    """An amount due once, on a day."""

    label: str
    amount: int
    on: date

    def times(self, factor: Fraction) -> OneOffCharge:
        """The same: what is due on a day was agreed for that day."""
        return self

    def lines(self, month: Period, inputs: PlanInputs, currency: str) -> Iterator[CostLine]:
        """The cost in (a part of) a month."""
        if month.start <= self.on < month.end:
            yield CostLine(CostKind.ONE_OFF, self.label, Money(self.amount, currency), month)


@dataclass(frozen=True, slots=True)
class UnitCharge:
    """A rate for each unit of a meter; rounds once, on the units of the month."""

    label: str
    meter: str
    rate: Decimal

    def times(self, factor: Fraction) -> UnitCharge:
        """The charge at another price."""
        return replace(self, rate=changed_rate(self.rate, factor))

    def lines(self, month: Period, inputs: PlanInputs, currency: str) -> Iterator[CostLine]:
        """The cost in (a part of) a month."""
        units = inputs.units(self.meter, month.start.replace(day=1))
        amount = round_half_up(units * Fraction(self.rate) * 10 ** exponent(currency))
        yield CostLine(CostKind.USAGE, self.label, Money(amount, currency), month, units)


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to and including ``up_to`` (None: no limit): a rate per unit and an amount on top."""

    up_to: int | None
    rate: Decimal
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class TieredCharge:
    """Rates that change with volume, over a meter, inhabitants or members.

    Over a meter, ``every`` is the span in which volume is counted; over inhabitants or members,
    the span that the rate pays for.
    """

    label: str
    over: Measure
    tiers: tuple[Tier, ...]
    mode: TierMode = TierMode.GRADUATED
    every: Every = Every.YEAR
    meter: str = ""

    def times(self, factor: Fraction) -> TieredCharge:
        """The charge at another price."""
        tiers = tuple(
            replace(
                tier,
                rate=changed_rate(tier.rate, factor),
                fixed=changed_amount(tier.fixed, factor),
            )
            for tier in self.tiers
        )
        return replace(self, tiers=tiers)

    def price(self, quantity: Fraction, currency: str) -> Fraction:
        """The price of a quantity, in minor units before rounding."""
        if quantity <= 0:
            return Fraction()
        scale = 10 ** exponent(currency)
        price, below = Fraction(), Fraction()
        for tier in self.tiers:
            last = tier.up_to is None or quantity <= tier.up_to
            if self.mode is TierMode.GRADUATED:
                top = quantity if last else Fraction(tier.up_to or 0)
                price += (top - below) * Fraction(tier.rate) * scale + tier.fixed
                below = top
            elif last:
                price = quantity * Fraction(tier.rate) * scale + tier.fixed
            if last:
                break
        return price

    def lines(self, month: Period, inputs: PlanInputs, currency: str) -> Iterator[CostLine]:
        """The cost in (a part of) a month; lower than 0 where a cheaper tier is reached."""
        if self.over is Measure.METER:
            first = month.start.replace(day=1)
            yearly = self.every is Every.YEAR
            before = inputs.units_before(self.meter, first) if yearly else Fraction()
            quantity = inputs.units(self.meter, first)
            amount = round_half_up(self.price(before + quantity, currency))
            amount -= round_half_up(self.price(before, currency))
            kind = CostKind.USAGE
        else:
            by_members = self.over is Measure.MEMBERS
            quantity = inputs.member_count(month) if by_members else inputs.inhabitants(month)
            amount = accrued(self.price(quantity, currency), self.every, month)
            kind = CostKind.FIXED
        yield CostLine(kind, self.label, Money(amount, currency), month, quantity)


Charge = FixedCharge | OneOffCharge | UnitCharge | TieredCharge
