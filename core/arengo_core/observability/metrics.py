"""Prometheus metrics."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter("arengo_requests_total", "HTTP requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("arengo_request_seconds", "Time to answer HTTP requests.", ["route"])
