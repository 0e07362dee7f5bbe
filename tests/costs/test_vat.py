"""VAT on costs: net and tax make the gross, and what is shared is what cannot be recovered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import Every, FixedCharge, OneOffCharge, UnitCharge
from arengo_marketplace.costs.errors import InvalidPlanError
from arengo_marketplace.costs.games.plan_game import game_of
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.price_plan import Minimum, PricePlan, cost
from arengo_marketplace.costs.vat import Taxed, Vat

vats = st.builds(
    Vat, st.decimals(0, 100, places=2), recoverable=st.booleans(), included=st.booleans()
)
taxed = st.builds(Taxed, st.integers(-(10**12), 10**12), vats)


@given(taxed)
def test_net_and_tax_make_the_gross_to_the_cent(one):
    assert one.net + one.tax == one.gross
    assert one.stated == (one.gross if one.vat.included else one.net)
    assert one.cost == (one.net if one.vat.recoverable else one.gross)
    assert abs(one.tax - Fraction(one.vat.rate) / 100 * one.net) <= 2
    assert abs(one.cost - one.stated * one.vat.factor) <= Fraction(1, 2)


@given(taxed)
def test_it_is_read_as_it_was_kept(one):
    assert Taxed.from_json(one.to_json()) == one


def test_figures_that_do_not_agree_are_refused():
    kept = Taxed(100_00, Vat(Decimal(22))).to_json()
    with pytest.raises(ValueError, match="not 2201"):
        Taxed.from_json({**kept, "tax": 22_01})


def test_an_invoice_of_a_hundred():
    ways = {
        (recoverable, included): Taxed(100_00, Vat(Decimal(22), recoverable, included))
        for recoverable in (False, True)
        for included in (False, True)
    }
    assert {way: (one.net, one.tax, one.cost) for way, one in ways.items()} == {
        (False, False): (100_00, 22_00, 122_00),
        (False, True): (81_97, 18_03, 100_00),
        (True, False): (100_00, 22_00, 100_00),
        (True, True): (81_97, 18_03, 81_97),
    }


PLAN = PricePlan(
    (
        FixedCharge("Fee", 12_000, Every.YEAR),
        OneOffCharge("Start", 5_000, Period.month(2026, 3).start),
        UnitCharge("Use", "m", Decimal("0.5")),
    ),
    Minimum("At least", 24_000, Every.YEAR),
)
TOWNS = tuple(Bearer(UUID(int=n), 100 * n, f"Town {n}") for n in range(1, 4))
INPUTS = PlanInputs(Period.month(2026, 3), TOWNS, {})


def test_a_plan_costs_its_prices_with_what_is_not_recovered():
    taxing = replace(PLAN, vat=Vat(Decimal(22)))
    lines = cost(taxing, INPUTS)
    assert [(line.label, line.amount.amount) for line in lines] == [
        (line.label, Taxed(line.amount.amount, Vat(Decimal(22))).gross)
        for line in cost(PLAN, INPUTS)
    ]
    assert all(line.taxed and line.taxed.cost == line.amount.amount for line in lines)
    recovered = replace(PLAN, vat=Vat(Decimal(22), recoverable=True))
    assert [line.amount for line in cost(recovered, INPUTS)] == [
        line.amount for line in cost(PLAN, INPUTS)
    ]
    assert PricePlan.from_json(taxing.to_json()) == taxing


def test_the_game_of_a_plan_is_at_the_same_prices():
    taxing = replace(PLAN, vat=Vat(Decimal(22), included=False))
    for group in ([], [0], [0, 2], [0, 1, 2]):
        assert game_of(taxing, INPUTS).cost(group) == game_of(PLAN, INPUTS).cost(group) * Fraction(
            122, 100
        )
    whole, taxed_whole = game_of(PLAN, INPUTS).figures(), game_of(taxing, INPUTS).figures()
    assert taxed_whole.alone == [amount * Fraction(122, 100) for amount in whole.alone]


@pytest.mark.parametrize(
    "vat",
    [
        {"rate": "101"},
        {"rate": "-1"},
        {"rate": "22.005"},
        {},
        {"rate": "22", "recoverable": "no"},
        {"rate": "22", "reduced": True},
        "22",
    ],
)
def test_what_is_no_treatment_is_refused_by_name(vat):
    with pytest.raises(InvalidPlanError) as refused:
        PricePlan.from_json({**PLAN.to_json(), "vat": vat})
    assert refused.value.field.startswith("vat")
