"""The trace id of what is going on: in logs, errors, events and answers."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("arengo_trace", default="")


def start(trace_id: str | None = None) -> str:
    """Begin a trace, or go on with one given by whoever caused this work."""
    value = trace_id or secrets.token_hex(8)
    _current.set(value)
    return value


def current() -> str:
    """The present trace id; empty outside of requests and jobs."""
    return _current.get()
