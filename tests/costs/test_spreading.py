"""Costs of several months: the parts are as agreed to a cent and add up to the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.spreading import Spread

starts = st.dates(date(2000, 1, 1), date(2100, 12, 31))
spreads = st.builds(
    lambda amount, first, count: Spread(amount, Period.months_from(first, count)),
    st.integers(-(10**12), 10**12),
    starts,
    st.integers(1, 120),
)


@given(spreads)
def test_parts_add_up_and_differ_by_a_cent_at_most(spread):
    months = [month.start for month in spread.months.months()]
    parts = [spread.part(month) for month in months]
    assert sum(parts) == spread.amount
    assert max(parts) - min(parts) <= 1
    for at, month in enumerate(months):
        assert spread.until(month) == sum(parts[: at + 1])
        assert spread.rest(month) == sum(parts[at + 1 :])
        assert spread.place(month) == at + 1


@given(spreads, st.integers(1, 400))
def test_nothing_falls_due_outside_its_months(spread, away):
    before = Period.months_from(date(1960, 1, 1), 1).start
    after = Period.months_from(spread.months.end, away).previous().end
    assert spread.part(before) == spread.part(after) == 0
    assert spread.until(before) == 0
    assert spread.rest(after) == 0


@given(spreads)
def test_it_is_read_as_it_was_written(spread):
    assert Spread.from_json(spread.to_json()) == spread


def test_a_bought_server_over_three_years():
    server = Spread(1_000_00, Period.months_from(date(2026, 2, 1), 36))
    parts = [server.part(month.start) for month in server.months.months()]
    assert parts[:3] == [2778, 2778, 2777]
    assert (parts.count(2778), parts.count(2777)) == (28, 8)


weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)
scheduled = st.builds(
    lambda amount, first, stretch, schedule: Spread(
        amount, Period.months_from(first, stretch * len(schedule)), tuple(schedule)
    ),
    st.integers(-(10**12), 10**12),
    starts,
    st.integers(1, 36),
    weights,
)


@given(scheduled)
def test_each_stretch_of_a_schedule_takes_its_weight_in_equal_parts(spread):
    months = [month.start for month in spread.months.months()]
    parts = [spread.part(month) for month in months]
    assert sum(parts) == spread.amount
    assert spread.rest(months[-1]) == 0
    stretch = len(months) // len(spread.schedule)
    for at, weight in enumerate(spread.schedule):
        own = parts[at * stretch : (at + 1) * stretch]
        assert max(own) - min(own) <= 1
        assert abs(sum(own) - Fraction(spread.amount * weight, sum(spread.schedule))) <= 1
        assert weight or not any(own)
    assert Spread.from_json(spread.to_json()) == spread


@given(spreads, st.integers(1, 10**9))
def test_equal_weights_are_no_schedule(spread, weight):
    for count in (1, spread.months.month_count):
        even = replace(spread, schedule=(weight,) * count)
        assert [even.part(month.start) for month in spread.months.months()] == [
            spread.part(month.start) for month in spread.months.months()
        ]
    assert "schedule" not in spread.to_json()


def test_three_years_by_40_30_30():
    server = Spread(100_000, Period.months_from(date(2026, 2, 1), 36), (40, 30, 30))
    years = [Period.months_from(date(year, 2, 1), 12).months() for year in (2026, 2027, 2028)]
    assert [sum(server.part(month.start) for month in year) for year in years] == [
        40_000,
        30_000,
        30_000,
    ]
    assert (server.part(date(2026, 2, 1)), server.part(date(2028, 7, 1))) == (3_333, 2_500)


@pytest.mark.parametrize("schedule", [[], [0, 0], [5, -1], [1, 1], [1, 1, 1, 1], ["much"]])
def test_only_a_schedule_that_fits_its_months_is_read(schedule):
    with pytest.raises(ValueError, match=r"schedule|invalid"):
        Spread.from_json(
            {"amount": 5, "from": "2026-01-01", "to": "2026-04-01", "schedule": schedule}
        )


@given(scheduled.filter(lambda spread: spread.months.month_count > 1), st.data())
def test_from_the_month_of_its_rest_on_nothing_falls_due(spread, data):
    months = [month.start for month in spread.months.months()]
    at = data.draw(st.integers(1, len(months) - 1))
    moved = replace(spread, rest_from=months[at])
    assert [moved.part(month) for month in months[:at]] == [spread.part(m) for m in months[:at]]
    assert not any(moved.part(month) for month in months[at:])
    assert moved.rest(months[at - 1]) == 0
    assert moved.moved == spread.rest(months[at - 1])
    assert spread.moved == 0
    assert Spread.from_json(moved.to_json()) == moved


@pytest.mark.parametrize("rest_from", ["2026-01-01", "2026-04-01", "2026-02-02"])
def test_a_rest_from_outside_its_months_is_not_read(rest_from):
    read = Spread(5, Period.months_from(date(2026, 1, 1), 3)).to_json()
    with pytest.raises(ValueError, match="a later one of the months"):
        Spread.from_json(read | {"rest_from": rest_from})


def test_only_whole_months_are_read():
    with pytest.raises(ValueError, match="whole months"):
        Spread.from_json({"amount": 5, "from": "2026-01-02", "to": "2026-03-01"})
