"""Other ways to divide what a rule divides: by one key, half by one, capped at the cost alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from arengo_marketplace.costs.adjustments import Limit, Who
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule, RulePart

if TYPE_CHECKING:
    from arengo_marketplace.costs.games.solutions import Game

_ROUNDS = 20

Shares = Mapping[str, int]
"""What each member pays, in minor units, by what rules call it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule divides over whom, and what any group of them would pay alone.

    ``divide`` tells the shares by another rule; ``meters`` are those by which it could divide.
    ``every`` is year where a year is divided month by month, None where the period is divided once.
    """

    game: Game
    rule: CostRule
    divide: Callable[[CostRule], Shares]
    members: Sequence[Bearer]
    period: Period
    meters: Collection[str] = ()
    every: Every | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A rule, and how it came: the ``rule`` itself, another ``key``, ``mixed`` or ``capped``."""

    kind: str
    rule: CostRule


def ways(case: Case, shares: Shares, alone: Mapping[str, Fraction]) -> Iterator[tuple[Way, Shares]]:
    """Each other way with its shares; ways that cannot divide, as for lack of a figure, are out.

    ``shares`` are those of the rule, ``alone`` what each would pay alone.
    """
    keys = [RulePart("equal", Decimal(100)), RulePart("population", Decimal(100))]
    keys += [RulePart("usage", Decimal(100), {"meter": meter}) for meter in sorted(case.meters)]
    by_one = [Way("key", replace(case.rule, parts=(key,), kinds={})) for key in keys]
    half_of = [Way("mixed", mixed(case.rule, key)) for key in keys]
    for way in (*by_one, *half_of):
        try:
            found = case.divide(way.rule)
        except CostError:
            continue
        if found != shares:
            yield way, found
    capped = _capped(case, shares, alone)
    if capped is not None:
        yield capped


def mixed(rule: CostRule, other: RulePart) -> CostRule:
    """Half by the rule, half by another key; its adjustments stay."""

    def half(parts: Sequence[RulePart]) -> tuple[RulePart, ...]:
        halves = [replace(part, weight=_short(part.weight / 2)) for part in parts]
        rest = 100 - sum(part.weight for part in halves)
        for at, part in enumerate(halves):
            if replace(part, weight=other.weight) == other:
                halves[at] = replace(part, weight=part.weight + rest)
                return tuple(halves)
        return (*halves, replace(other, weight=rest))

    kinds = {kind: half(parts) for kind, parts in rule.kinds.items()}
    return replace(rule, parts=half(rule.parts), kinds=kinds)


def _short(weight: Decimal) -> Decimal:
    """A weight of eight decimals at most, as rules have."""
    rounded = round(weight, 8)
    return weight if weight == rounded else rounded


def _capped(case: Case, shares: Shares, alone: Mapping[str, Fraction]) -> tuple[Way, Shares] | None:
    """Caps at the cost alone for those who pay more; what they are spared may lift others above
    theirs, who are capped in turn. None where nobody pays more, or it cannot be.
    """
    days = {member.rule_id: member.days_in(case.period) for member in case.members}
    caps: dict[str, Limit] = {}
    rule = case.rule
    for _ in range(_ROUNDS):
        over = [one for one, share in shares.items() if share > alone[one] and one not in caps]
        if not over:
            return (Way("capped", rule), shares) if caps else None
        for one in over:
            # A cap counts by days of membership, and the cost alone is of those days already.
            most = floor(max(alone[one], Fraction()) * case.period.days / days[one])
            caps[one] = Limit(Who((one,)), amount=most, every=case.every)
        adjustments = case.rule.adjustments
        adjustments = replace(adjustments, caps=(*adjustments.caps, *caps.values()))
        rule = replace(case.rule, adjustments=adjustments)
        try:
            shares = case.divide(rule)
        except CostError:
            return None
    return None
