"""What a division rested on, as one JSON document: from it the same shares come anywhere.

Amounts are minor units, other figures texts, so that the same facts give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_marketplace.costs.allocation import Allocation, allocate
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.resting import background_of, plays
from arengo_marketplace.costs.rule import CostRule

Paid = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Frozen:
    """All that ``allocate`` needs besides the pool.

    ``usage`` holds the meters of the rule; ``inputs`` the members, and the use by which the plan is
    priced where a key plays the cost game; ``past`` and ``last_year`` what each paid before.
    """

    rule: CostRule
    plan: PricePlan
    inputs: PlanInputs
    usage: Usage
    past: Paid
    last_year: Paid

    def divide(self, pool: CostPool, keys: KeyRegistry) -> Allocation:
        """Divide a pool. Raises what ``allocate`` and ``background_of`` raise."""
        background = background_of(self.rule, self.plan, self.inputs, self.past, self.last_year)
        return allocate(pool, self.rule, self.inputs.members, self.usage, keys, background)

    def to_json(self) -> dict[str, Any]:
        """The document; the plan is in it where a key plays its game."""
        members = {member.organization_id for member in self.inputs.members}
        document: dict[str, Any] = {
            "rule": self.rule.to_json(),
            "members": [_member(member, self.inputs.period) for member in self.inputs.members],
            "usage": _usage(self.usage, members),
            "past": _paid(self.past, members),
            "last_year": _paid(self.last_year, members),
        }
        if plays(self.rule):
            document["plan"] = self.plan.to_json()
            document["priced_usage"] = {
                month.isoformat(): _usage(usage, members)
                for month, usage in self.inputs.usage.items()
            }
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any], period: Period, keys: KeyRegistry) -> Frozen:
        """Read such a document; raises CostError, or KeyError and ValueError for another's."""
        members = tuple(_bearer(one) for one in document["members"])
        priced = document.get("priced_usage", {})
        return cls(
            CostRule.from_json(document["rule"], keys),
            PricePlan.from_json(document["plan"]) if "plan" in document else PricePlan(()),
            PlanInputs(
                period,
                members,
                {date.fromisoformat(month): _read_usage(usage) for month, usage in priced.items()},
            ),
            _read_usage(document["usage"]),
            _read_paid(document["past"]),
            _read_paid(document["last_year"]),
        )


def _member(member: Bearer, period: Period) -> dict[str, Any]:
    days = [one for span in member.active or (period,) if (one := span.overlap(period))]
    return {
        "id": str(member.organization_id),
        "code": member.code,
        "name": member.name,
        "population": member.population,
        "attributes": {name: str(value) for name, value in sorted(member.attributes.items())},
        "days": [[one.start.isoformat(), one.end.isoformat()] for one in days],
    }


def _bearer(document: Mapping[str, Any]) -> Bearer:
    return Bearer(
        UUID(document["id"]),
        document["population"],
        document["name"],
        tuple(
            Period(date.fromisoformat(start), date.fromisoformat(end))
            for start, end in document["days"]
        ),
        {name: figure_of(text) for name, text in document["attributes"].items()},
        document["code"],
    )


def figure_of(text: str) -> Decimal | str:
    """A number where the text is one."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return number if number.is_finite() else text


def _usage(usage: Usage, members: set[UUID]) -> dict[str, dict[str, str]]:
    return {
        meter: {str(member): f"{units:f}" for member, units in read.items() if member in members}
        for meter, read in usage.items()
    }


def _read_usage(document: Mapping[str, Mapping[str, str]]) -> dict[str, dict[UUID, Decimal]]:
    return {
        meter: {UUID(member): Decimal(units) for member, units in read.items()}
        for meter, read in document.items()
    }


def _paid(paid: Paid, members: set[UUID]) -> dict[str, int]:
    return {str(member): amount for member, amount in paid.items() if member in members}


def _read_paid(document: Mapping[str, int]) -> dict[UUID, int]:
    return {UUID(member): amount for member, amount in document.items()}
