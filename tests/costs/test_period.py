from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from arengo_core.clock import ROME
from arengo_marketplace.costs.errors import InvalidPeriodError
from arengo_marketplace.costs.period import Period


def test_a_month_ends_at_midnight_in_rome_not_in_utc() -> None:
    september = Period.month(2026, 9)
    last = datetime(2026, 9, 30, 21, 59, 59, 999999, tzinfo=UTC)
    assert september.contains(last)
    assert not september.contains(last + timedelta(microseconds=1))
    assert september.next().contains(last + timedelta(microseconds=1))
    assert not september.ended(last)
    assert september.ended(last + timedelta(microseconds=1))
    assert september.contains(datetime(2026, 8, 31, 22, tzinfo=UTC))
    assert september.contains(datetime(2026, 9, 1, 0, 0, tzinfo=ROME))
    assert september.contains(datetime(2026, 8, 31, 18, 30, tzinfo=timezone(timedelta(hours=-4))))


@pytest.mark.parametrize(
    ("day", "start", "end", "hours"),
    [
        (date(2026, 3, 29), (2026, 3, 28, 23), (2026, 3, 29, 22), 23),
        (date(2026, 10, 25), (2026, 10, 24, 22), (2026, 10, 25, 23), 25),
        (date(2026, 6, 1), (2026, 5, 31, 22), (2026, 6, 1, 22), 24),
    ],
)
def test_days_of_the_clock_change(day, start, end, hours) -> None:
    period = Period(day, day + timedelta(days=1))
    assert period.bounds == (datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC))
    assert period.bounds[1] - period.bounds[0] == timedelta(hours=hours)
    assert period.days == 1


def test_the_hour_that_comes_twice_is_inside_both_times() -> None:
    october = Period.month(2026, 10)
    for fold in (0, 1):
        assert october.contains(datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=fold))
    assert october.bounds == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )


def test_neighbours() -> None:
    assert Period.month(2026, 12).next() == Period.month(2027, 1)
    assert Period.month(2026, 1).previous() == Period.month(2025, 12)
    assert Period.year(2026).previous() == Period.year(2025)
    week = Period(date(2026, 9, 3), date(2026, 9, 10))
    assert week.next() == Period(date(2026, 9, 10), date(2026, 9, 17))
    assert week.previous() == Period(date(2026, 8, 27), date(2026, 9, 3))
    assert Period.months_from(date(2026, 11, 22)) == Period(date(2026, 11, 1), date(2027, 11, 1))
    assert Period.month_of(datetime(2026, 9, 30, 22, tzinfo=UTC)) == Period.month(2026, 10)


def test_days_and_overlaps() -> None:
    assert Period.month(2028, 2).days == 29
    assert Period.year(2026).days == 365
    september = Period.month(2026, 9)
    first = Period(date(2026, 8, 1), date(2026, 9, 11))
    second = Period(date(2026, 9, 6), date(2026, 9, 16))
    assert september.days_within([second, first]) == 15
    assert september.days_within([]) == 0
    assert september.overlap(first) == Period(date(2026, 9, 1), date(2026, 9, 11))
    assert september.overlap(Period.month(2026, 10)) is None
    cut = Period(date(2026, 8, 20), date(2026, 10, 2))
    assert [(one.start.day, one.days) for one in cut.months()] == [(20, 12), (1, 30), (1, 1)]


def test_labels() -> None:
    assert Period.month(2026, 9).label() == "settembre 2026"
    assert Period.month(2026, 9).label("en") == "September 2026"
    assert Period.year(2026).label("it") == "2026"
    week = Period(date(2026, 9, 28), date(2026, 10, 5))
    assert week.label("it") == "dal 28 settembre 2026 al 4 ottobre 2026"
    assert week.label("en") == "28 September 2026 to 4 October 2026"


def test_faults() -> None:
    with pytest.raises(InvalidPeriodError) as caught:
        Period(date(2026, 9, 1), date(2026, 9, 1))
    assert str(caught.value) == (
        "end: the period from 2026-09-01 to 2026-09-01 has no days. "
        "Give an end later than 2026-09-01; the end day itself is not included."
    )
    with pytest.raises(InvalidPeriodError, match="no time zone"):
        Period.month(2026, 9).contains(datetime(2026, 9, 1))
