"""Costs of several months: parts a month that add up to the whole, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from arengo_marketplace.costs.period import Period


@dataclass(frozen=True, slots=True)
class Spread:
    """An amount in minor units, divided over whole months: equally, or by a schedule.

    A ``schedule`` holds a weight for each equal stretch of the months, within which parts are equal
    again. It is rounded, halves upwards, on what has fallen due so far, so that equal parts differ
    by one cent at most and all always add up to the amount. From ``rest_from`` on its months take
    no part: another cost bears what is left.
    """

    amount: int
    months: Period
    schedule: tuple[int, ...] = ()
    rest_from: date | None = None

    def place(self, month: date) -> int:
        """Which of its months one is, from 1; 0 before the first."""
        if month < self.months.start:
            return 0
        return Period(self.months.start, Period.months_from(month, 1).end).month_count

    def until(self, month: date) -> int:
        """What falls due up to a month and in it."""
        return self._running(self.place(month))

    def part(self, month: date) -> int:
        """What falls due in a month; nothing outside."""
        place = self.place(month)
        return self._running(place) - self._running(place - 1)

    def rest(self, month: date) -> int:
        """What falls due after a month, in those that take a part."""
        return self.until(self.months.end) - self.until(month)

    @property
    def moved(self) -> int:
        """What another cost bears."""
        return self.amount - self.until(self.months.end)

    def to_json(self) -> dict[str, Any]:
        """As a settlement keeps it; ``to`` is the first day that no longer counts."""
        return {
            "amount": self.amount,
            "from": self.months.start.isoformat(),
            "to": self.months.end.isoformat(),
            **({"schedule": list(self.schedule)} if self.schedule else {}),
            **({"rest_from": self.rest_from.isoformat()} if self.rest_from else {}),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Spread:
        """Read such a document. Raises ValueError or KeyError for what is none."""
        first, end = date.fromisoformat(document["from"]), date.fromisoformat(document["to"])
        if first.day != 1 or end.day != 1:
            raise ValueError("a cost is spread over whole months")
        months = Period(first, end)
        schedule = tuple(int(weight) for weight in document.get("schedule", ()))
        if "schedule" in document and (
            not sum(schedule) or min(schedule) < 0 or months.month_count % len(schedule)
        ):
            raise ValueError("a schedule has a weight for each equal stretch of the months")
        rest_from = date.fromisoformat(document["rest_from"]) if "rest_from" in document else None
        if rest_from and (rest_from.day != 1 or not first < rest_from < end):
            raise ValueError("another cost bears what is left from a later one of the months on")
        return cls(int(document["amount"]), months, schedule, rest_from)

    def _running(self, places: int) -> int:
        weights = self.schedule or (1,)
        count = self.months.month_count
        stretch = count // len(weights)
        taking = Period(self.months.start, self.rest_from or self.months.end).month_count
        full, begun = divmod(min(max(places, 0), taking), stretch)
        due = stretch * sum(weights[:full]) + begun * sum(weights[full : full + 1])
        whole = stretch * sum(weights)
        return (2 * self.amount * due + whole) // (2 * whole)
