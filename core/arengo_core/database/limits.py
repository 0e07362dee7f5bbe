"""How long one SQL statement may take: the engine's limit, and a shorter one around plugins."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_seconds: ContextVar[float | None] = ContextVar("arengo_statement_limit", default=None)


@contextmanager
def statements_within(seconds: float) -> Generator[None]:
    """Transactions that begin inside the block end each statement after so many seconds.

    A limit around it that is shorter stays.
    """
    outer = _seconds.get()
    token = _seconds.set(seconds if outer is None else min(outer, seconds))
    try:
        yield
    finally:
        _seconds.reset(token)


def milliseconds() -> str | None:
    """The limit in force as PostgreSQL's ``statement_timeout`` takes it; None: the engine's."""
    seconds = _seconds.get()
    return None if seconds is None else str(max(1, round(seconds * 1000)))
