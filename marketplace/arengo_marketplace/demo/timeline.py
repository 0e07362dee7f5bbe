"""When things happened in the demo: whole months before today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from arengo_core import clock
from arengo_core.clock import ROME
from arengo_marketplace.costs.period import Period


def month_back(count: int) -> Period:
    """The month so many months before the present one."""
    month = Period.months_from(clock.today(), 1)
    for _ in range(count):
        month = month.previous()
    return month


def members_since() -> date:
    """The day on which the demo's consortium began."""
    return month_back(5).start


def services_since() -> date:
    """The day on which its members switched their services on."""
    return month_back(4).start


def morning_of(day: date, *, minutes: int = 0) -> datetime:
    """Nine o'clock in Rome, and so many minutes."""
    return datetime.combine(day, time(9), ROME) + timedelta(minutes=minutes)
