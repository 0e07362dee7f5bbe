"""Prometheus metrics."""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")
REQUESTS = Counter("arengo_requests_total", "HTTP requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("arengo_request_seconds", "Time to answer HTTP requests.", ["route"])
REFUSALS = Counter(
    "arengo_requests_refused_total", "Requests over a limit a minute, by which limit.", ["limit"]
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def exposition() -> bytes:
    """The text for Prometheus: of every server process where they count together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def known_method(method: str) -> str:
    """A request's method as a label: whoever makes methods up makes no series."""
    return method if method in _METHODS else "other"
