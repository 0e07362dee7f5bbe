"""The cost game of a price plan: what any of the members would pay for the service alone.

Amounts are not rounded: they weigh members, and the pool that is divided has the cents.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import lcm

from arengo_core.money import exponent
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import (
    Charge,
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    TieredCharge,
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.games.structure import (
    AtLeast,
    Curve,
    Largest,
    Own,
    Part,
    StructuredGame,
    Summed,
    merged,
)
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import PricePlan

_NOTHING = Fraction()


def game_of(plan: PricePlan, inputs: PlanInputs) -> StructuredGame:
    """The game of the members with the figures of a period.

    A fixed amount is paid, for each day, by those who take part on it. Raises
    PopulationUnknownError where tiers over inhabitants meet a member without a figure.
    """
    members = sorted(inputs.members, key=lambda member: member.rule_id)
    scale = 10 ** exponent(plan.currency)
    parts: list[Part] = []
    for month in inputs.period.months():
        priced = plan.at(month.start)
        found = [
            part
            for charge in priced.charges
            for part in _parts(charge, month, members, inputs, scale)
        ]
        if priced.minimum is None:
            parts += found
            continue
        present = tuple(member.days_in(month) > 0 for member in members)
        minimum = priced.minimum.amount * _portion(priced.minimum.every, month)
        parts += [part for part in found if isinstance(part, Largest)]
        due = tuple(part for part in found if isinstance(part, Own | Summed))
        parts.append(AtLeast(minimum, present, due))
    if plan.vat is not None:
        parts = [part.times(plan.vat.factor) for part in parts]
    return StructuredGame(tuple(member.rule_id for member in members), tuple(merged(parts)))


def _portion(every: Every, days: Period) -> Fraction:
    """The part of a monthly or yearly amount that falls on days of one month."""
    part = Fraction(days.days, Period.months_from(days.start, 1).days)
    return part / 12 if every is Every.YEAR else part


def _parts(
    charge: Charge, month: Period, members: list[Bearer], inputs: PlanInputs, scale: int
) -> Iterator[Own | Largest | Summed]:
    """The parts of a charge; a rate times ``scale`` is in minor units."""
    match charge:
        case FixedCharge(_, amount, every):
            for days in _segments(month, members):
                here = tuple(int(member.days_in(days) > 0) for member in members)
                flat = Curve((), ((Fraction(1), _NOTHING),))
                yield Summed(here, flat, amount * _portion(every, days))
        case OneOffCharge(_, amount, on):
            if month.start <= on < month.end:
                need = Fraction(amount)
                yield Largest(
                    tuple(need if member.days_in(month) else _NOTHING for member in members)
                )
        case UnitCharge(_, meter, rate):
            units = _units(inputs, meter, [month], members)
            yield Own(tuple(Fraction(rate) * scale * used for used in units))
        case TieredCharge():
            yield from _tiered(charge, month, members, inputs, scale)


def _tiered(
    charge: TieredCharge, month: Period, members: list[Bearer], inputs: PlanInputs, scale: int
) -> Iterator[Summed]:
    if charge.over is Measure.METER:
        yearly = charge.every is Every.YEAR
        begun = [one for one in Period.year(month.start.year).months() if one.start < month.start]
        earlier = begun if yearly else []
        before = _units(inputs, charge.meter, earlier, members)
        after = [
            sum(both, _NOTHING)
            for both in zip(before, _units(inputs, charge.meter, [month], members), strict=True)
        ]
        yield _summed(charge, after, Fraction(1), scale)
        if any(before):
            yield _summed(charge, before, Fraction(-1), scale)
        return
    heads = [
        (1 if charge.over is Measure.MEMBERS else member.inhabitants()) if days else 0
        for member in members
        for days in [member.days_in(month)]
    ]
    counted = [
        Fraction(head * member.days_in(month), month.days)
        for head, member in zip(heads, members, strict=True)
    ]
    yield _summed(charge, counted, _portion(charge.every, month), scale)


def _summed(
    charge: TieredCharge, quantities: list[Fraction], factor: Fraction, scale: int
) -> Summed:
    """Tiers over quantities, in the largest unit in which all of them are whole."""
    unit = lcm(*(quantity.denominator for quantity in quantities))
    whole = tuple(int(quantity * unit) for quantity in quantities)
    return Summed(whole, _curve(charge, unit, scale), factor)


def _curve(charge: TieredCharge, unit: int, scale: int) -> Curve:
    """The tiers of a charge over quantities of 1 / ``unit``, in minor units."""
    tops: list[int] = []
    pieces: list[tuple[Fraction, Fraction]] = []
    reached, below = _NOTHING, 0
    for tier in charge.tiers:
        rate, fixed = Fraction(tier.rate) * scale, Fraction(tier.fixed)
        graduated = charge.mode is TierMode.GRADUATED
        intercept = reached + fixed - rate * below if graduated else fixed
        pieces.append((intercept, rate / unit))
        if tier.up_to is not None:
            tops.append(tier.up_to * unit)
            reached, below = intercept + rate * tier.up_to, tier.up_to
    return Curve(tuple(tops), tuple(pieces))


def _segments(month: Period, members: list[Bearer]) -> list[Period]:
    """The month cut where somebody joins or leaves."""
    edges = {month.start, month.end}
    for member in members:
        for days in member.active or ():
            edges |= {edge for edge in (days.start, days.end) if month.start < edge < month.end}
    cuts = sorted(edges)
    return [Period(start, end) for start, end in pairwise(cuts)]


def _units(
    inputs: PlanInputs, meter: str, months: list[Period], members: list[Bearer]
) -> list[Fraction]:
    read = [inputs.usage.get(one.start.replace(day=1), {}).get(meter, {}) for one in months]
    return [
        sum((Fraction(units.get(m.organization_id, Decimal())) for units in read), _NOTHING)
        for m in members
    ]
