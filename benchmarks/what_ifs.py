"""What-if over all offers of a large consortium: 553 municipalities and 20 services, a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import (
    Every,
    FixedCharge,
    Measure,
    Tier,
    TieredCharge,
    UnitCharge,
)
from arengo_marketplace.costs.forecast import Scenario
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import Leaves, OfferYear, what_if

_TOWNS, _OFFERS = 553, 20
_YEAR = Period.year(2027)
_TIERS = (Tier(100_000, Decimal("0.1")), Tier(None, Decimal("0.05")))
_RULE = {
    "parts": [
        {"key": "equal", "weight": 30},
        {"key": "population", "weight": 40},
        {"key": "usage", "weight": 30, "meter": "uses"},
    ]
}
_CAPS = {"caps": [{"per_inhabitant": "5", "every": "year"}]}


def _offer(number: int, members: tuple[Bearer, ...], rule: dict[str, object]) -> OfferYear:
    plan = PricePlan(
        (
            FixedCharge("base", 1_200_000 + number, Every.YEAR),
            UnitCharge("use", "uses", Decimal("0.0035")),
            TieredCharge("head", Measure.INHABITANTS, _TIERS),
            TieredCharge("volume", Measure.METER, _TIERS, meter="uses"),
        )
    )
    usage = {"uses": {one.organization_id: Decimal(3 * at) for at, one in enumerate(members)}}
    scenario = Scenario(plan, CostRule.from_json(rule), _YEAR, usage)
    return OfferYear(UUID(int=10**6 + number), scenario, members)


def _one_leaves(rule: dict[str, object]) -> str:
    members = tuple(
        Bearer(UUID(int=at + 1), population=300 + 7 * at, name=f"Town {at}") for at in range(_TOWNS)
    )
    offers = [_offer(number, members, rule) for number in range(_OFFERS)]
    found = what_if(offers, [Leaves(members[5].organization_id, date(2027, 6, 1))])
    return f"{found.today} today, {found.afterwards} afterwards"


def one_leaves_all() -> str:
    """A member leaves every offer in the middle of the year."""
    return _one_leaves(_RULE)


def one_leaves_all_capped() -> str:
    """The same where each offer has a cap by the year, so that no two months are alike."""
    return _one_leaves({**_RULE, **_CAPS})
