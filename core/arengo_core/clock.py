"""The clock: UTC now, movable in demo and tests through ``ARENGO_CLOCK``.

``ARENGO_CLOCK`` is an ISO instant from which time goes on, or ``@FILE`` naming a file that
holds a shift in seconds, read at each call so that every process of a demo moves together.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
VARIABLE = "ARENGO_CLOCK"

_started = datetime.now(UTC)


class ClockError(ValueError):
    """``ARENGO_CLOCK`` is neither an ISO instant nor ``@FILE``."""


def _shift() -> timedelta:
    value = os.environ.get(VARIABLE, "")
    if not value:
        return timedelta()
    if value.startswith("@"):
        try:
            return timedelta(seconds=float(Path(value[1:]).read_text() or "0"))
        except FileNotFoundError:
            return timedelta()
        except ValueError:
            raise ClockError(f"{value[1:]}: a number of seconds is expected") from None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ClockError(f"{VARIABLE}={value}: an ISO instant or @FILE is expected") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - _started


def is_moved() -> bool:
    """Whether somebody set the clock; ``arengo serve`` refuses then."""
    return bool(os.environ.get(VARIABLE))


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC) + _shift() if is_moved() else datetime.now(UTC)


def today(zone: ZoneInfo = ROME) -> date:
    """The present day in the consortium's time zone."""
    return now().astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo = ROME) -> datetime:
    """The instant, UTC, at which a day begins in the consortium's time zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def move(path: Path, shift: timedelta) -> None:
    """Set the shift of a clock file."""
    path.write_text(str(shift.total_seconds()))
