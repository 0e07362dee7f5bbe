"""When the next reminder of a statement is due: nothing here knows of a database or a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Reminded:
    """The last reminder that a statement had: its level, from 1 up, and its day."""

    level: int
    on: date


@dataclass(frozen=True, slots=True)
class NextReminder:
    """The next reminder: its level, and the first day on which it is sent."""

    level: int
    on: date


def next_reminder(
    levels: Sequence[int],
    due_on: date,
    last: Reminded | None = None,
    rested_until: date | None = None,
) -> NextReminder | None:
    """The reminder that comes next; None after the last.

    ``levels`` are days past the due day, growing. No level is skipped: whoever was never reminded
    gets the first, however late it is, and between two levels pass at least as many days as the
    levels lie apart. After a pause the member has as many days as before the first reminder.
    """
    level = (last.level if last else 0) + 1
    if level > len(levels):
        return None
    days = [due_on + timedelta(days=levels[level - 1])]
    if last is not None:
        days.append(last.on + timedelta(days=levels[level - 1] - levels[level - 2]))
    if rested_until is not None:
        days.append(rested_until + timedelta(days=levels[0]))
    return NextReminder(level, max(days))
