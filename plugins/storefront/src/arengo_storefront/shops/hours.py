"""Opening hours: a day is ``8:30-12:30 15-19``; a week is seven of them from Monday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from arengo_core.clock import ROME
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import N_, gettext

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?[-–](\d{1,2})(?:[:.](\d{2}))?")
_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_FAULT = "{value} is not read as opening hours: 8:30-12:30 15-19 is expected, empty when closed."


def weekdays() -> list[str]:
    """The days' names in the reader's language, from Monday."""
    return [gettext(day) for day in _WEEKDAYS]


def _clock(hour: str, minute: str | None) -> time:
    return time(int(hour), int(minute or 0))


def spans(day: str) -> list[tuple[time, time]]:
    """When a stored day is open, in order."""
    return [
        (_clock(found[1], found[2]), _clock(found[3], found[4])) for found in _SPAN.finditer(day)
    ]


def check_day(value: str, field: str) -> str:
    """A day as it is stored, ``08:30-12:30 15:00-19:00``. InvalidInputError naming the field."""
    parts = re.sub(r"\s*[-–]\s*", "-", value.strip()).replace(",", " ").split()
    if parts == ["-"]:
        return ""
    read: list[tuple[time, time]] = []
    for part in parts:
        found = _SPAN.fullmatch(part)
        try:
            span = (_clock(found[1], found[2]), _clock(found[3], found[4])) if found else None
        except ValueError:
            span = None
        if span is None or span[0] >= span[1] or (read and read[-1][1] > span[0]):
            raise InvalidInputError(_FAULT, field=field, value=value.strip()[:60])
        read.append(span)
    return " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in read)


def check_week(days: Sequence[str]) -> list[str]:
    """Seven days as they are stored; none at all where nothing was typed."""
    week = [check_day(day, f"hours_{number}") for number, day in enumerate(days)]
    if len(week) not in {0, 7}:
        raise InvalidInputError("Seven days are expected, from Monday.", field="opening_hours")
    return week if any(week) else []


def is_open_at(week: Sequence[str], moment: datetime) -> bool:
    """Whether a shop with these hours is open at an instant (time of Rome)."""
    local = moment.astimezone(ROME)
    if len(week) != 7:
        return False
    now = local.time()
    return any(start <= now < end for start, end in spans(week[local.weekday()]))
