"""A report as JSON to keep, with amounts to a millionth of a cent, and the digest of its inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from arengo_marketplace.costs.allocation import in_order
from arengo_marketplace.costs.errors import NotGivenError
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.mends import Way
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import OfferYear

if TYPE_CHECKING:
    from arengo_marketplace.costs.fairness import Fairness, Judged, Line

_METHOD = 1
"""Another number makes reports anew: to be raised where the same figures give another report."""
_MILLION = 10**6


def digest_of(year: OfferYear, rule: CostRule, seconds: float) -> str:
    """The SHA-256 of all that a report on a rule rests on."""
    scenario = year.scenario
    plans = {start: plan.to_json() for start, plan in scenario.later_plans.items()}
    parts = (
        _METHOD,
        seconds,
        rule.to_json(),
        (scenario.plan.to_json(), plans),
        (scenario.period, scenario.service, scenario.grants),
        (scenario.monthly_usage, scenario.monthly_fees, scenario.paid),
        in_order(year.members),
    )
    written = msgspec.json.encode(_plain(parts), order="sorted")
    return hashlib.sha256(written).hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON has it, the same in any order of what has none."""
    if isinstance(value, Mapping):
        return {str(key): _plain(own) for key, own in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(own) for own in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value if isinstance(value, int | str | None) else str(value)


def to_json(figures: Fairness) -> dict[str, Any]:
    """What :func:`from_json` reads."""
    missing, value = figures.without_nucleolus, figures.value
    return {
        "total": figures.total,
        "cost": _short(figures.cost),
        "lines": [_line(line) for line in figures.lines],
        "judged": _judged(figures.judged),
        "tried": [_judged(one) for one in figures.tried],
        "least": None if figures.least is None else _short(figures.least),
        "value": {
            "shares": [_short(share) for share in value.shares],
            "errors": value.errors,
            "samples": value.samples,
        },
        "missing": None
        if missing is None
        else [missing.field, missing.fault, missing.mend, dict(missing.values)],
    }


def from_json(kept: Mapping[str, Any], keys: KeyRegistry) -> Fairness:
    """The report that was kept."""
    # What games need takes most of a second to load.
    from arengo_marketplace.costs.fairness import Fairness, Judged, Line
    from arengo_marketplace.costs.games.core_check import CoreCheck
    from arengo_marketplace.costs.games.solutions import Value

    def judged(one: Mapping[str, Any]) -> Judged:
        check = CoreCheck(
            one["in_core"],
            one["members"],
            Fraction(one["amount"]),
            inf if one["bound"] is None else one["bound"],
            one["proved"],
        )
        way = Way(one["way"], CostRule.from_json(one["rule"], keys))
        return Judged(way, one["shares"], check, one["moved"])

    def line(own: list[Any]) -> Line:
        member, share, *measures, nucleolus = own
        alone, adds, shapley, scrb = map(Fraction, measures)
        found = None if nucleolus is None else Fraction(nucleolus)
        return Line(member, share, alone, adds, shapley, scrb, found)

    lines = tuple(line(own) for own in kept["lines"])
    value, missing = kept["value"], kept["missing"]
    field, fault, mend, values = missing or ("", "", "", {})
    return Fairness(
        kept["total"],
        Fraction(kept["cost"]),
        lines,
        judged(kept["judged"]),
        NotGivenError(field, fault, mend, **values) if missing else None,
        Value(
            tuple(one.member for one in lines),
            [Fraction(share) for share in value["shares"]],
            value["errors"],
            value["samples"],
        ),
        None if kept["least"] is None else Fraction(kept["least"]),
        tuple(judged(one) for one in kept["tried"]),
    )


def _line(line: Line) -> list[Any]:
    measures = (line.alone, line.adds, line.shapley, line.scrb)
    nucleolus = None if line.nucleolus is None else _short(line.nucleolus)
    return [line.member, line.share, *map(_short, measures), nucleolus]


def _judged(one: Judged) -> dict[str, Any]:
    check = one.check
    return {
        "way": one.way.kind,
        "rule": one.way.rule.to_json(),
        "shares": dict(one.shares),
        "in_core": check.in_core,
        "members": check.members,
        "amount": _short(check.amount),
        "bound": check.bound if isfinite(check.bound) else None,
        "proved": check.proved,
        "moved": one.moved,
    }


def _short(amount: Fraction) -> str:
    return str(Fraction(round(amount * _MILLION), _MILLION))
