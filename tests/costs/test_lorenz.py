"""How evenly a cost lies on inhabitants."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.costs.lorenz import Payer, lorenz_curve

PAYERS = st.lists(
    st.tuples(st.integers(1, 50_000), st.integers(0, 10**7)), min_size=1, max_size=12
).map(lambda rows: [payer(place, *row) for place, row in enumerate(rows)])


def payer(place: int, population: int, amount: int) -> Payer:
    return Payer(UUID(int=place), f"m{place}", population, amount)


def test_what_the_half_that_pays_least_bears_and_ginis_number_by_hand() -> None:
    # 100 inhabitants pay 1 each, 100 pay 3 each: the first half bears a quarter.
    lorenz = lorenz_curve([payer(1, 100, 300), payer(2, 100, 100)])
    assert lorenz is not None
    assert [point.payer.name for point in lorenz.points] == ["m2", "m1"]
    assert lorenz.cost_of_first(Fraction(1, 2)) == Fraction(1, 4)
    assert lorenz.cost_of_first(Fraction(3, 4)) == Fraction(5, 8)
    assert lorenz.tenths()[-1] == (100, 1)
    # 1 - 2 × the area below the curve = 1 - (0.5 × 0.25 + 0.5 × 1.25)
    assert lorenz.gini == Decimal("0.2500")


@given(PAYERS)
def test_the_curve_rises_below_the_straight_line_to_all(payers: list[Payer]) -> None:
    lorenz = lorenz_curve(payers)
    if sum(one.amount for one in payers) == 0:
        assert lorenz is None
        return
    assert lorenz is not None
    assert all(point.cost <= point.inhabitants for point in lorenz.points)
    assert (lorenz.points[-1].inhabitants, lorenz.points[-1].cost) == (1, 1)
    assert 0 <= lorenz.gini < 1


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=9), st.integers(1, 900))
def test_the_same_from_everybody_is_the_straight_line(people: list[int], each: int) -> None:
    lorenz = lorenz_curve(payer(place, count, count * each) for place, count in enumerate(people))
    assert lorenz is not None
    assert lorenz.gini == 0
    assert lorenz.cost_of_first(Fraction(1, 3)) == Fraction(1, 3)


@pytest.mark.parametrize("rows", [[], [(0, 100)], [(10, 100), (10, -1)], [(10, 0)]])
def test_there_is_none_without_inhabitants_or_with_credits(rows: list[tuple[int, int]]) -> None:
    assert lorenz_curve(payer(place, *row) for place, row in enumerate(rows)) is None
