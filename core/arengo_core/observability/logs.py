"""Structured logs: one line an event, with the trace id; no secret ever reaches them."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from arengo_core import tracing

_SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "card")


def _add_trace(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    trace = tracing.current()
    if trace:
        event["trace_id"] = trace
    return event


def _hide_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = "•••"
    return event


def configure(log_format: str, level: str) -> None:
    """Set logging up for this process; standard-library loggers join in."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
        _hide_secrets,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    # Locals of a stack may hold what people typed: they stay out.
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    tracebacks = (
        [structlog.processors.ExceptionRenderer(without_locals)] if log_format == "json" else []
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *tracebacks,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("pgqueuer", "httpx", "httpcore", "alembic", "mail.log", "granian"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The endpoint logs faults itself, with the trace id; mistakes in queries are the caller's.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)
