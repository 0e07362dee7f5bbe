"""Prices that follow an index: a part of its change, a cap; exactly, and told what is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import (
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    Tier,
    TieredCharge,
    UnitCharge,
)
from arengo_marketplace.costs.errors import InvalidPlanError
from arengo_marketplace.costs.forecast import Scenario, outlook
from arengo_marketplace.costs.games.plan_game import game_of
from arengo_marketplace.costs.indexing import Figure, IndexLink
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import Minimum, PricePlan, cost
from arengo_marketplace.costs.rule import CostRule, RulePart

FIRST, BASE = date(2025, 1, 1), date(2024, 10, 1)


def _figures(*values, month=BASE):
    return tuple(
        Figure(month.replace(year=month.year + n), Decimal(value), "ISTAT", date(2030, 1, 1))
        for n, value in enumerate(values)
    )


LINK = IndexLink("ISTAT FOI", FIRST, BASE, Decimal(75), Decimal(3), _figures("120", "123", "130"))
PLAN = PricePlan(
    (
        FixedCharge("Fee", 1_200_000, Every.YEAR),
        OneOffCharge("Start", 5_000, date(2026, 3, 1)),
        UnitCharge("Use", "m", Decimal("0.0035")),
        TieredCharge("Heads", Measure.MEMBERS, (Tier(None, Decimal("10"), 999),)),
    ),
    Minimum("At least", 2_400, Every.YEAR),
    index=LINK,
)
TOWNS = tuple(Bearer(UUID(int=n), 100 * n, f"Town {n}") for n in range(1, 4))


def test_three_quarters_of_the_change_and_no_more_than_the_cap():
    second = 1 + Fraction(3, 120) * Fraction(3, 4)
    assert LINK.factor(date(2024, 1, 1)) == LINK.factor(date(2025, 12, 1)) == 1
    assert LINK.factor(date(2026, 1, 1)) == LINK.factor(date(2026, 12, 1)) == second
    assert Fraction(7, 123) * Fraction(3, 4) > Fraction(3, 100)
    assert LINK.factor(date(2027, 1, 1)) == second * Fraction(103, 100)
    falling = replace(LINK, figures=_figures("120", "114"))
    assert falling.factor(date(2026, 1, 1)) == 1 - Fraction(6, 120) * Fraction(3, 4)


def test_a_figure_that_is_not_known_is_the_last_one_known_and_said():
    assert LINK.not_known(date(2027, 12, 1)) == []
    assert LINK.not_known(date(2028, 1, 1)) == [date(2027, 10, 1)]
    assert LINK.factor(date(2028, 1, 1)) == LINK.factor(date(2027, 1, 1))
    earlier = Figure(date(2027, 6, 1), Decimal("140"), "ISTAT", date(2027, 7, 1))
    known = replace(LINK, figures=(*LINK.figures, earlier))
    assert known.factor(date(2028, 1, 1)) == LINK.factor(date(2027, 1, 1)) * Fraction(103, 100)
    assert known.not_known(date(2028, 1, 1)) == [date(2027, 10, 1)]


def test_each_price_is_rounded_once():
    fee, start, use, heads = PLAN.at(date(2026, 1, 1)).charges
    assert fee.amount == 1_222_500
    assert start.amount == 5_000
    assert use.rate == Decimal("0.00356563")
    assert heads.tiers[0] == Tier(None, Decimal("10.1875"), 1_018)
    assert PLAN.at(date(2026, 1, 1)).minimum.amount == 2_445
    assert PLAN.at(FIRST) == replace(PLAN, index=None, charges=PLAN.at(FIRST).charges)


def test_costs_games_and_forecasts_take_each_month_at_its_price():
    plan = PricePlan((FixedCharge("Fee", 1_200_000, Every.YEAR),), index=LINK)
    months = Period(date(2025, 12, 1), date(2026, 2, 1))
    inputs = PlanInputs(months, TOWNS, {})
    assert [line.amount.amount for line in cost(plan, inputs)] == [100_000, 101_875]
    assert game_of(plan, inputs).cost([0, 1, 2]) == 201_875
    scenario = Scenario(plan, CostRule((RulePart("equal", Decimal(100)),)), months)
    assert outlook(scenario, TOWNS).cost.amount == 201_875


@given(
    st.lists(st.decimals("0.1", 1000, places=2), min_size=1, max_size=6),
    st.decimals(0, 100, places=2),
    st.none() | st.decimals(0, 20, places=2),
    st.integers(0, 95),
)
def test_it_is_read_as_it_was_written_and_keeps_the_cap(values, share, cap, months):
    link = IndexLink("FOI", FIRST, BASE, share, cap, _figures(*values))
    plan = replace(PLAN, index=link)
    assert PricePlan.from_json(plan.to_json()) == plan
    month = Period.months_from(FIRST, months + 1).end
    month = Period.months_from(month, 1).previous().start
    factor = link.factor(month)
    years = months // 12
    assert factor > 0
    if cap is not None:
        assert factor <= (1 + Fraction(cap) / 100) ** years
    whole = replace(link, share=Decimal(100), cap=None)
    last = values[min(years, len(values) - 1)]
    assert whole.factor(month) == Fraction(last) / Fraction(values[0])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"share": "101"}, "index.share"),
        ({"first": "2024"}, "index.first"),
        ({"base": "2025-02"}, "index.base"),
        ({"figures": []}, "index.figures"),
        (
            {
                "figures": [
                    {"month": "2025-10", "value": "1", "source": "S", "published_on": "2026-01-01"}
                ]
            },
            "index.figures",
        ),
        (
            {
                "figures": [
                    {"month": "2024-10", "value": "0", "source": "S", "published_on": "2026-01-01"}
                ]
            },
            "index.figures[0].value",
        ),
        (
            {
                "figures": [
                    {"month": "2024-10", "value": "1", "source": "", "published_on": "2026-01-01"}
                ]
            },
            "index.figures[0].source",
        ),
        (
            {
                "figures": 2
                * [{"month": "2024-10", "value": "1", "source": "S", "published_on": "2026-01-01"}]
            },
            "index.figures",
        ),
        ({"floor": "0"}, "index.floor"),
    ],
)
def test_what_is_no_link_is_refused_by_name(wrong, field):
    with pytest.raises(InvalidPlanError) as refused:
        PricePlan.from_json({**PLAN.to_json(), "index": {**LINK.to_json(), **wrong}})
    assert refused.value.field == field
