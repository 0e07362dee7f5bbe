"""The month that a page is about."""

from __future__ import annotations

from arengo_core import clock
from arengo_core.web.context import ArengoRequest
from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools.service import month_named


def month_asked(request: ArengoRequest, otherwise: Period | None = None) -> Period:
    """The month named in the address; else the one given, or the last whole month.

    InvalidInputError where it is none.
    """
    text = request.query_params.get("month", "")
    if text:
        return month_named(text)
    return otherwise or Period.months_from(clock.today(), 1).previous()


def month_key(month: Period) -> str:
    """``2026-09``."""
    return f"{month.start:%Y-%m}"
