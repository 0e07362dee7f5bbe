"""What-if: the quick year is the month-by-month one, and each change does what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import (
    Every,
    FixedCharge,
    Measure,
    Tier,
    TieredCharge,
    UnitCharge,
)
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.forecast import Scenario, outlook
from arengo_marketplace.costs.grants import ExpectedGrant, Grant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import Minimum, PricePlan
from arengo_marketplace.costs.quick_year import year_of
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import (
    GrantsEnd,
    Joins,
    Leaves,
    OfferYear,
    OtherPlan,
    OtherRule,
    OtherUse,
    what_if,
)
from tests.costs.strategies import METERS, member, quantities, rules

YEAR = Period.months_from(date(2027, 3, 1))
FIRST, SECOND = UUID(int=71), UUID(int=72)
PLAN = PricePlan(
    (
        FixedCharge("Canone", 1_000_00, Every.YEAR),
        UnitCharge("Pagamenti", METERS[0], Decimal("0.0035")),
        TieredCharge(
            "Pacchi",
            Measure.METER,
            (Tier(5000, Decimal("0.10")), Tier(None, Decimal("0.04"))),
            meter=METERS[1],
        ),
        TieredCharge(
            "Abitanti",
            Measure.INHABITANTS,
            (Tier(20000, Decimal("0.10")), Tier(None, Decimal("0.05"))),
        ),
    ),
    Minimum("Minimo", 90_00, Every.MONTH),
)
CHEAPER = PricePlan((FixedCharge("Canone", 600_00, Every.YEAR),))
ADJUSTED = (
    {},
    {"exempt": [{"members": ["1"]}]},
    {"discounts": [{"per_cent": "10", "members": ["1"]}]},
    {"floors": [{"amount": 100}]},
    {"caps": [{"amount": 4000}]},
    {"caps": [{"per_inhabitant": "2.5", "every": "year", "members": ["1"]}]},
    {"caps": [{"against_last_year": 120}]},
    {"floors": [{"amount": 1200, "every": "year"}]},
    {
        "phase_in": [
            {"from": "2027-06-01", "per_cent": "50"},
            {"from": "2027-09-01", "per_cent": 100},
        ]
    },
)
PAST = {"parts": [{"key": "past", "weight": 50}, {"key": "population", "weight": 50}]}
GAME = {"parts": [{"key": "shapley", "weight": 100}]}


@st.composite
def grants(draw: st.DrawFn) -> ExpectedGrant:
    """A grant with a window, perhaps used up on the way."""
    start = date(2027, draw(st.integers(1, 9)), 1)
    grant = Grant(
        UUID(int=draw(st.integers(1, 99))),
        "G",
        1,
        draw(st.sampled_from([Decimal(30), Decimal(100)])),
        Period.months_from(start, draw(st.integers(1, 12))),
        draw(st.sampled_from([500_00, 10**9])),
        draw(st.none() | st.just(70_00)),
    )
    return ExpectedGrant(grant, {}, draw(st.sampled_from([0, 10_00])))


@st.composite
def years(draw: st.DrawFn) -> OfferYear:
    """An offer with a few members, some of them not there all the year."""
    count = draw(st.integers(2, 5))
    members: list[Bearer] = []
    for number in range(1, count + 1):
        active = None
        if number > 1 and draw(st.booleans()):
            start = draw(st.dates(date(2027, 1, 1), date(2027, 12, 31)))
            active = (Period(start, draw(st.dates(date(2028, 1, 1), date(2028, 6, 1)))),)
        population = draw(st.integers(1, 20000))
        members.append(Bearer(member(number), population, f"C{number}", active, code=str(number)))
    usage = {
        meter: {one.organization_id: draw(quantities()) for one in members} for meter in METERS
    }
    made = draw(st.one_of(rules().map(CostRule.to_json), st.just(PAST), st.just(GAME)))
    rule = CostRule.from_json(made | draw(st.sampled_from(ADJUSTED)))
    fees = {one.organization_id: Money(draw(st.integers(0, 900))) for one in members}
    paid = {date(2027, 2, 1): {one.organization_id: 1000 for one in members}}
    later = draw(st.dictionaries(st.just(date(2027, 10, 1)), rules(), max_size=1))
    cheaper = draw(st.dictionaries(st.just(date(2027, 12, 1)), st.just(CHEAPER), max_size=1))
    scenario = Scenario(
        PLAN,
        rule,
        YEAR,
        usage,
        fees,
        paid,
        later,
        cheaper,
        "bell",
        tuple(draw(st.lists(grants(), max_size=2))),
    )
    return OfferYear(FIRST, scenario, tuple(members))


@settings(max_examples=60)
@given(years())
def test_the_quick_year_is_to_the_cent_the_one_month_by_month(year: OfferYear) -> None:
    try:
        slow = outlook(year.scenario, year.members)
    except CostError as error:
        with pytest.raises(type(error)):
            year_of(year.scenario, reversed(year.members))
        return
    quick = year_of(year.scenario, reversed(year.members))
    shares = {key: share.amount for key, share in slow.shares().items()}
    assert {key: own for key, own in quick.shares.items() if key in shares} == shares
    assert quick.cost == slow.cost.amount == sum(quick.shares.values())


A, B, C = (
    Bearer(member(number), population, name)
    for number, population, name in ((1, 600, "Alba"), (2, 300, "Borgo"), (3, 100, "Colle"))
)


def _offers() -> list[OfferYear]:
    plan = PricePlan(
        (
            FixedCharge("Canone", 120000, Every.YEAR),
            TieredCharge(
                "Pagamenti",
                Measure.METER,
                (Tier(1000, Decimal("0.10")), Tier(None, Decimal("0.05"))),
                every=Every.MONTH,
                meter=METERS[0],
            ),
        )
    )
    used = {METERS[0]: {A.organization_id: Decimal(500), B.organization_id: Decimal(500)}}
    scenario = Scenario(plan, CostRule.of(equal=100), YEAR, used)
    fixed = Scenario(PricePlan.yearly("Canone", 60000), CostRule.of(population=100), YEAR)
    return [OfferYear(FIRST, scenario, (A, B)), OfferYear(SECOND, fixed, (A, B, C))]


def _differences(*changes: object) -> list[int]:
    return [one.difference.amount for one in what_if(_offers(), changes).members]  # type: ignore[arg-type]


def test_without_a_change_nothing_differs() -> None:
    result = what_if(_offers(), [])
    assert [one.today.amount for one in result.members] == [156000, 138000, 6000]
    assert all(one.difference == Money(0) for one in result.members)
    assert result.today == result.afterwards == Money(300000)
    assert [one.per_inhabitant_today for one in result.members][2] == Money(60)


def test_who_leaves_in_the_middle_pays_until_then_and_its_use_goes_with_it() -> None:
    result = what_if(_offers(), [Leaves(B.organization_id, date(2027, 9, 1), FIRST)])
    # Six months of 200.00 for two, then six of 100.00 + 50.00 for Alba alone.
    assert [(one.today.amount, one.afterwards.amount) for one in result.members] == [
        (156000, 60000 + 90000 + 36000),
        (138000, 60000 + 18000),
        (6000, 6000),
    ]


def test_who_leaves_everything_pays_nothing_more() -> None:
    assert _differences(Leaves(C.organization_id, YEAR.start)) == [12 * 333, 12 * 167, -12 * 500]


def test_who_joins_pays_from_then_on() -> None:
    late = replace(C, active=(Period(date(2027, 9, 1), date.max),))
    joined = Joins(FIRST, late, {METERS[0]: Decimal(100)})
    # From September 200.00 + 5.00 a month for three.
    assert _differences(joined) == [6 * (6834 - 10000), 6 * (6833 - 10000), 6 * 6833]


def test_another_rule_moves_cents_and_changes_no_sum() -> None:
    result = what_if(_offers(), [OtherRule(FIRST, CostRule.of(population=100))])
    assert [one.difference.amount for one in result.members] == [39996, -39996, 0]
    assert result.today == result.afterwards
    assert [one.today == one.afterwards for one in result.offers] == [True, True]


def test_a_price_tier_is_reached_by_more_use() -> None:
    # Twice as much a month: 1,000 at 0.10 and 1,000 at 0.05.
    assert _differences(OtherUse(METERS[0], Decimal(2))) == [12 * 2500, 12 * 2500, 0]
    assert _differences(OtherUse(METERS[0], quantity=Decimal(0), member=A.organization_id)) == [
        -12 * 2500,
        -12 * 2500,
        0,
    ]


def test_another_plan_costs_what_it_says() -> None:
    assert _differences(OtherPlan(SECOND, PricePlan.yearly("Canone", 120000))) == [
        36000,
        18000,
        6000,
    ]


def test_when_a_grant_ends_the_members_pay_what_it_covered() -> None:
    half = Grant(UUID(int=1), "G", 1, Decimal(50), Period.months_from(YEAR.start, 24), 10**9)
    first, second = _offers()
    granted = replace(second, scenario=replace(second.scenario, grants=(ExpectedGrant(half, {}),)))
    result = what_if([first, granted], [GrantsEnd(date(2027, 12, 1))])
    assert [one.today.amount for one in result.offers] == [240000, 30000]
    assert [one.afterwards.amount for one in result.offers] == [240000, 30000 + 3 * 2500]
    never = what_if([first, granted], [GrantsEnd(YEAR.start, SECOND)])
    assert never.offers[1].afterwards == Money(60000)
    assert what_if([granted, first], [GrantsEnd(YEAR.start, FIRST)]).afterwards == never.today


def test_one_grant_ends_and_another_goes_on() -> None:
    half = Grant(UUID(int=1), "G", 1, Decimal(50), Period.months_from(YEAR.start, 24), 10**9)
    fifth = replace(half, id=UUID(int=2), place=2, rate=Decimal(20))
    first, second = _offers()
    both = (ExpectedGrant(half, {}), ExpectedGrant(fifth, {}))
    granted = replace(second, scenario=replace(second.scenario, grants=both))
    for ending, left in ((half, 20), (fifth, 50)):
        change = GrantsEnd(YEAR.start, grant=ending.id)
        found = what_if([first, granted], [change]).offers[1]
        assert (found.today, found.afterwards) == (Money(18000), Money(60000 * (100 - left) // 100))


def test_an_offer_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(CostError) as error:
        what_if(_offers(), [OtherRule(UUID(int=5), CostRule.of(equal=100))])
    assert error.value.field == "changes[0].offer"
