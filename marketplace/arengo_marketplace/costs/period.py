"""Periods: half-open ranges of days in the time zone of the consortium (Europe/Rome)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from arengo_core.clock import ROME, start_of
from arengo_marketplace.costs.errors import N_, InvalidPeriodError

_MONTHS = {
    "it": (
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
_RANGES = {"it": "dal {first} al {last}", "en": "{first} to {last}"}


def _month_after(day: date, count: int = 1) -> date:
    """The first day of the month that follows by ``count`` the month of ``day``."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` to the day before ``end``."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidPeriodError(
                "end",
                N_("the period from {start} to {end} has no days"),
                N_("Give an end later than {start}; the end day itself is not included"),
                start=self.start,
                end=self.end,
            )

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month."""
        return cls.months_from(date(year, month, 1), 1)

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @classmethod
    def months_from(cls, day: date, count: int = 12) -> Period:
        """``count`` whole months, the first being the month of ``day``."""
        return cls(_month_after(day, 0), _month_after(day, count))

    @classmethod
    def month_of(cls, instant: datetime) -> Period:
        """The month in which an instant falls in Rome."""
        return cls.months_from(_in_rome(instant).date(), 1)

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The instants, in UTC, at which the period begins and ends (the end is outside)."""
        return start_of(self.start), start_of(self.end)

    @property
    def is_months(self) -> bool:
        """Whether the period is made of whole calendar months."""
        return self.start.day == 1 and self.end.day == 1

    def contains(self, instant: datetime) -> bool:
        """Whether an instant (with its time zone) falls in the period."""
        start, end = self.bounds
        return start <= _in_rome(instant).astimezone(UTC) < end

    def ended(self, now: datetime) -> bool:
        """Whether the period is over at an instant (with its time zone)."""
        return _in_rome(now).astimezone(UTC) >= self.bounds[1]

    def overlap(self, other: Period) -> Period | None:
        """The days in both, if any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def days_within(self, ranges: Iterable[Period]) -> int:
        """How many days of the period lie in at least one of the ranges."""
        count, reached = 0, self.start
        for one in sorted(ranges):
            start, end = max(one.start, reached), min(one.end, self.end)
            if start < end:
                count += (end - start).days
                reached = end
        return count

    def months(self) -> Iterator[Period]:
        """The period cut at the ends of the months."""
        start = self.start
        while start < self.end:
            end = min(_month_after(start), self.end)
            yield Period(start, end)
            start = end

    def next(self) -> Period:
        """The period that follows: as many months, or as many days."""
        if self.is_months:
            return Period(self.end, _month_after(self.end, self.month_count))
        return Period(self.end, self.end + timedelta(days=self.days))

    def previous(self) -> Period:
        """The period before: as many months, or as many days."""
        if self.is_months:
            return Period(_month_after(self.start, -self.month_count), self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def label(self, language: str = "it") -> str:
        """``settembre 2026``, ``2026``, or ``dal 3 settembre 2026 al 9 settembre 2026``."""
        names = _MONTHS.get(language, _MONTHS["en"])
        if self.is_months and self.month_count == 1:
            return f"{names[self.start.month - 1]} {self.start.year}"
        if self.is_months and self.start.month == 1 and self.month_count == 12:
            return str(self.start.year)
        first, last = (
            f"{day.day} {names[day.month - 1]} {day.year}"
            for day in (self.start, self.end - timedelta(days=1))
        )
        return _RANGES.get(language, _RANGES["en"]).format(first=first, last=last)

    @property
    def month_count(self) -> int:
        """How many calendar months lie between the month of its start and that of its end."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month


def _in_rome(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidPeriodError(
            "instant",
            N_("{instant} has no time zone"),
            N_("Give the instant with its time zone, for example in UTC"),
            instant=instant,
        )
    return instant.astimezone(ROME)
