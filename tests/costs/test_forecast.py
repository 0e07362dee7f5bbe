from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from arengo_core.money import Money, total
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, FixedCharge, UnitCharge
from arengo_marketplace.costs.forecast import Scenario, outlook, preview
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.price_plan import PricePlan, cost
from arengo_marketplace.costs.rule import CostRule
from tests.costs.strategies import METERS, Case, cases, member

A = Bearer(member(1), 600, "Alba")
B = Bearer(member(2), 300, "Borgo")
C = Bearer(member(3), 100, "Colle")
YEAR = Period.months_from(date(2026, 12, 1))
PLAN = PricePlan(
    (FixedCharge("Canone", 120000, Every.YEAR), UnitCharge("Pagamenti", METERS[0], Decimal("0.25")))
)
SCENARIO = Scenario(PLAN, CostRule.of(equal=50, population=50), YEAR)


def test_a_joining_member_sees_its_price_and_what_changes_for_the_others() -> None:
    result = preview(SCENARIO, [A, B], joining=C)
    # A month is 100.00: 50.00 in equal parts and 50.00 by 600 and 300 inhabitants, so 58.33 and
    # 41.67; with Colle's 100 inhabitants 46.67, 31.67 and 21.66 (three equal remainders).
    rows = [(c.today.amount, c.afterwards.amount, c.difference.amount) for c in result.changes]
    assert rows == [
        (12 * 5833, 12 * 4667, 12 * -1166),
        (12 * 4167, 12 * 3167, 12 * -1000),
        (0, 12 * 2166, 12 * 2166),
    ]
    newcomer = result.change_of(C.organization_id)
    assert newcomer.per_inhabitant_today == Money(0)
    assert newcomer.per_inhabitant_afterwards == Money(260)  # 259.92 cents
    assert result.today.cost == result.afterwards.cost == Money(120000)
    with pytest.raises(KeyError):
        result.change_of(member(99))


def test_a_member_that_leaves_pays_nothing_and_the_others_more() -> None:
    result = preview(SCENARIO, [A, B, C], leaving=C.organization_id)
    assert result.change_of(C.organization_id).afterwards == Money(0)
    assert result.change_of(A.organization_id).difference == Money(12 * 1166)
    alone = preview(SCENARIO, [A], leaving=A.organization_id)
    assert alone.afterwards.months == ()
    assert alone.change_of(A.organization_id).difference == Money(-120000)


def test_the_first_member_pays_it_all() -> None:
    result = preview(SCENARIO, [], joining=A)
    assert result.today.cost == Money(0)
    assert result.change_of(A.organization_id).afterwards == Money(120000)


def test_usage_and_fees_of_those_outside_do_not_count() -> None:
    used = {METERS[0]: {A.organization_id: Decimal(100), C.organization_id: Decimal(40)}}
    fees = {A.organization_id: Money(500), C.organization_id: Money(100)}
    result = preview(replace(SCENARIO, monthly_usage=used, monthly_fees=fees), [A, B], joining=C)
    assert result.today.cost == Money(12 * (10000 + 2500 - 500))
    assert result.afterwards.cost == Money(12 * (10000 + 3500 - 600))


def test_joining_in_mid_month_costs_its_days() -> None:
    late = replace(B, active=(Period(date(2026, 12, 16), YEAR.end),))
    scenario = replace(SCENARIO, rule=CostRule.of(equal=100), period=Period.month(2026, 12))
    # 100.00 over 31 and 16 days.
    change = preview(scenario, [A], joining=late).change_of(B.organization_id)
    assert change.afterwards == Money(3404)


@given(cases())
def test_usage_exactly_as_forecast_is_settled_exactly_as_previewed(case: Case) -> None:
    month = case.pool.period
    newcomer, others = case.members[0], case.members[1:]
    scenario = Scenario(PLAN, case.rule, month, case.usage)
    previewed = preview(scenario, others, joining=newcomer)

    here = {one.organization_id for one in case.members if one.days_in(month)}
    used = {
        meter: {member: units for member, units in read.items() if member in here}
        for meter, read in case.usage.items()
    }
    inputs = PlanInputs(month, case.members, {month.start: used})
    pool = CostPool(month, cost(PLAN, inputs))
    settled = allocate(pool, case.rule, case.members, used)

    for share in settled.shares:
        change = previewed.change_of(share.bearer.organization_id)
        assert change.afterwards == share.amount
    assert total(change.afterwards for change in previewed.changes) == pool.net


def test_a_year_is_its_twelve_settlements() -> None:
    view = outlook(SCENARIO, [A, B, C])
    assert [one.pool.period for one in view.months] == list(YEAR.months())
    assert total(view.shares().values()) == view.cost == Money(120000)
