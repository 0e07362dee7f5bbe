"""Costs of several months: the parts are equal to a cent and add up to the whole."""

from __future__ import annotations

from datetime import date

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


def test_only_whole_months_are_read():
    with pytest.raises(ValueError, match="whole months"):
        Spread.from_json({"amount": 5, "from": "2026-01-02", "to": "2026-03-01"})
