from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

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
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.errors import InvalidPlanError, PopulationUnknownError
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.price_plan import Minimum, PricePlan, cost
from tests.costs.strategies import METERS, SEPTEMBER, member

A = Bearer(member(1), 600, "Alba")
B = Bearer(member(2), 300, "Borgo")
YEAR = Period.year(2026)
SENT = "messages.sent"
SLICES = (Tier(100, Decimal("0.10")), Tier(None, Decimal("0.05"), 200))


def _inputs(period: Period = SEPTEMBER, *members: Bearer, **months: tuple[int, int]) -> PlanInputs:
    usage = {
        date(2026, int(name[1:]), 1): {
            SENT: {A.organization_id: Decimal(a), B.organization_id: Decimal(b)}
        }
        for name, (a, b) in months.items()
    }
    return PlanInputs(period, members or (A, B), usage)


def _total(plan: PricePlan, inputs: PlanInputs) -> int:
    return sum(line.amount.amount for line in cost(plan, inputs))


@given(st.integers(0, 10**9), st.sampled_from(Every), st.integers(1, 364))
def test_parts_of_a_year_add_up_to_the_year(amount: int, every: Every, day: int) -> None:
    plan = PricePlan((FixedCharge("Canone", amount, every),))
    cut = date.fromordinal(YEAR.start.toordinal() + day)
    whole = _total(plan, _inputs(YEAR))
    assert whole == amount * (12 if every is Every.MONTH else 1)
    parts = [Period(YEAR.start, cut), Period(cut, YEAR.end)]
    assert sum(_total(plan, _inputs(part)) for part in parts) == whole


def test_a_yearly_amount_falls_due_in_twelve_parts() -> None:
    lines = cost(PricePlan.yearly("Canone", 10000), _inputs(YEAR))
    assert [line.amount.amount for line in lines[:3]] == [833, 834, 833]
    assert [line.period for line in lines] == list(YEAR.months())
    assert {line.kind for line in lines} == {CostKind.FIXED}


def test_a_one_off_falls_due_on_its_day() -> None:
    plan = PricePlan((OneOffCharge("Avvio", 50000, date(2026, 9, 30)),))
    (line,) = cost(plan, _inputs(YEAR))
    assert (line.kind, line.period) == (CostKind.ONE_OFF, SEPTEMBER)
    assert cost(plan, _inputs(Period.month(2026, 10))) == ()


def test_units_are_priced_once_a_month_for_the_members_that_are_there() -> None:
    plan = PricePlan((UnitCharge("Messaggi", SENT, Decimal("0.0035")),))
    both = _inputs(m9=(1000, 429))
    (line,) = cost(plan, both)
    # 1,429 × 0.0035 = 5.0015
    assert (line.amount.amount, line.quantity, line.kind) == (500, 1429, CostKind.USAGE)
    assert _total(plan, both.only({A.organization_id})) == 350
    assert _total(plan, both.only(set())) == 0


def test_graduated_and_all_units() -> None:
    graduated = TieredCharge("Messaggi", Measure.METER, SLICES, meter=SENT)
    everything = replace(graduated, mode=TierMode.ALL_UNITS)
    prices = {0: (0, 0), 100: (1000, 1000), 101: (1205, 705), 300: (2200, 1700)}
    for units, expected in prices.items():
        found = tuple(one.price(Fraction(units), "EUR") for one in (graduated, everything))
        assert found == expected


def test_monthly_tiers_start_anew_and_yearly_tiers_run_on() -> None:
    yearly = TieredCharge("Messaggi", Measure.METER, SLICES, meter=SENT)
    monthly = replace(yearly, every=Every.MONTH)
    used = _inputs(SEPTEMBER, m8=(60, 0), m9=(50, 10))
    # August took 60 of the first 100: 40 more at 0.10, 20 at 0.05 and the 2.00 on top.
    assert _total(PricePlan((yearly,)), used) == 400 + 100 + 200
    assert _total(PricePlan((monthly,)), used) == 600


def test_tiers_over_inhabitants_and_members_count_days() -> None:
    by_people = TieredCharge(
        "Anagrafe", Measure.INHABITANTS, (Tier(None, Decimal("1.20")),), every=Every.YEAR
    )
    by_members = TieredCharge(
        "Sportelli", Measure.MEMBERS, (Tier(None, Decimal(30)),), every=Every.MONTH
    )
    half = replace(B, active=(Period(date(2026, 9, 16), date(2027, 1, 1)),))
    # 600 + 300 for half of the month = 750 inhabitants, 0.10 each a month.
    assert _total(PricePlan((by_people,)), _inputs(SEPTEMBER, A, half)) == 7500
    assert _total(PricePlan((by_members,)), _inputs(SEPTEMBER, A, half)) == 4500
    with pytest.raises(PopulationUnknownError, match="Misiliscemi"):
        _total(PricePlan((by_people,)), _inputs(SEPTEMBER, Bearer(member(3), None, "Misiliscemi")))


def test_a_minimum_is_topped_up() -> None:
    unit = UnitCharge("Messaggi", SENT, Decimal("0.10"))
    start = OneOffCharge("Avvio", 9999, date(2026, 9, 1))
    plan = PricePlan((unit, start), Minimum("Minimo", 24000, Every.YEAR))
    lines = cost(plan, _inputs(m9=(50, 0)))
    assert [(line.label, line.amount.amount) for line in lines] == [
        ("Messaggi", 500),
        ("Avvio", 9999),
        ("Minimo", 1500),
    ]
    assert _total(plan, _inputs(m9=(500, 0))) == 5000 + 9999


FULL = PricePlan(
    (
        FixedCharge("Canone", 120000, Every.YEAR),
        OneOffCharge("Avvio", 50000, date(2026, 9, 1)),
        UnitCharge("Messaggi", METERS[0], Decimal("0.0035")),
        TieredCharge("Fasce", Measure.METER, SLICES, TierMode.ALL_UNITS, Every.MONTH, SENT),
        TieredCharge("Abitanti", Measure.INHABITANTS, SLICES),
    ),
    Minimum("Minimo", 1000, Every.MONTH),
)


def test_json_round_trip() -> None:
    assert PricePlan.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


def _charge(**fields: object) -> dict[str, object]:
    return {"charges": [fields]}


_TIERED = {"type": "tiered", "label": "Fasce", "over": "members"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "document: [] is not an object. Write an object with named fields, in braces."),
        ({"charges": []}, "charges: the list is empty. Write a list with at least one."),
        (
            {"charges": [], "currency": "euro"},
            'currency: "euro" is not a currency. '
            "Write its code of three capital letters, for example EUR.",
        ),
        (
            _charge(type="free"),
            'charges[0].type: "free" is not known. Use one of: fixed, one_off, unit, tiered.',
        ),
        (_charge(type="fixed"), "charges[0].label: this is missing. Write a text."),
        (
            _charge(type="fixed", label="Canone", amount=12.5, every="year"),
            "charges[0].amount: 12.5 is not a whole number of cents. "
            "Write the amount in cents, for example 120000 for 1,200.00.",
        ),
        (
            _charge(type="fixed", label="Canone", amount=1, every="year", vat=22),
            "charges[0].vat: there is no such field. "
            "Remove it, or use one of: amount, every, label, type.",
        ),
        (
            _charge(type="one_off", label="Avvio", amount=1, on="soon"),
            'charges[0].on: "soon" is not a day. '
            "Write the day as YYYY-MM-DD, for example 2026-09-01.",
        ),
        (
            _charge(type="unit", label="Messaggi", meter="m", rate="0.000000001"),
            'charges[0].rate: "0.000000001" has more than 8 decimals. '
            "Write a number, for example 0.0035.",
        ),
        (
            _charge(type="unit", label="Messaggi", meter="m", rate="NaN"),
            'charges[0].rate: "NaN" is not a number. Write a number, for example 0.0035.',
        ),
        (
            _charge(**_TIERED, tiers=[{"rate": 1, "up_to": 5}]),
            "charges[0].tiers[0].up_to: the last tier ends at 5. "
            "Leave it out: the last tier has no limit.",
        ),
        (
            _charge(**_TIERED, tiers=[{"rate": 1, "up_to": 0}, {"rate": 2}]),
            "charges[0].tiers[0].up_to: 0 is not a whole number above 0. "
            "Write a limit higher than the one of the tier before.",
        ),
        (
            {**_charge(type="fixed", label="C", amount=1, every="year"), "minimum": 5},
            "minimum: 5 is not an object. Write an object with named fields, in braces.",
        ),
    ],
)
def test_faults_name_field_fault_and_mend(document: object, message: str) -> None:
    with pytest.raises(InvalidPlanError) as caught:
        PricePlan.from_json(document)
    assert str(caught.value) == message
