"""Middleware: trace id, proxy headers, host names, language, security headers, metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any, cast
from urllib.parse import parse_qs

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from arengo_core import tracing
from arengo_core.audit import origin
from arengo_core.host import Host
from arengo_core.i18n import LOCALES, set_locale
from arengo_core.observability.metrics import REQUEST_SECONDS, REQUESTS, known_method
from arengo_core.web.context import LOCALE_COOKIE, TIME_LIMIT
from arengo_core.web.sites import site_for

UNCOMPRESSED = "uncompressed"
"""Key of a route's ``opt``: its answer is a stream, whose pieces are sent as they come."""
_log = structlog.get_logger("arengo.web")
_FIXED = (
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), geolocation=(), microphone=()"),
)


def content_security_policy(form_origins: Iterable[str], frame_origins: Iterable[str] = ()) -> str:
    """The strict policy; ``form_origins`` are gateways to whose page a form may lead,
    ``frame_origins`` those of remote plugins whose page this one frames.
    """
    forms = " ".join(["'self'", *sorted(set(form_origins))])
    frames = " ".join(sorted(set(frame_origins))) or "'self'"
    return (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self';"
        f" font-src 'self'; connect-src 'self'; form-action {forms}; frame-src {frames};"
        " frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
    )


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return ""


def _cookie(scope: Scope, name: str) -> str:
    for part in _header(scope, b"cookie").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def _asked_locale(scope: Scope, default: str) -> tuple[str, bool]:
    """The locale, and whether the address asked for it."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
    if asked in LOCALES:
        return asked, True
    kept = _cookie(scope, LOCALE_COOKIE)
    if kept in LOCALES:
        return kept, False
    for part in _header(scope, b"accept-language").split(","):
        language = part.split(";")[0].strip()[:2].lower()
        if language in LOCALES:
            return language, False
    return default, False


class ProxyHeaders:
    """Believes ``X-Forwarded-*`` of the proxies that the settings trust, of nobody else."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._networks = [ip_network(value, strict=False) for value in trusted]

    def apply(self, scope: Scope) -> None:
        """Rewrite client, scheme and host of a request that came through a trusted proxy."""
        client = scope.get("client")
        if not self._networks or client is None:
            return
        try:
            address = ip_address(client[0])
        except ValueError:
            return
        if not any(address in network for network in self._networks):
            return
        forwarded = _header(scope, b"x-forwarded-for").split(",")[-1].strip()
        if forwarded:
            scope["client"] = (forwarded, 0)
        scheme = _header(scope, b"x-forwarded-proto").strip()
        if scheme in {"http", "https"}:
            cast(dict[str, Any], scope)["scheme"] = scheme
        host = _header(scope, b"x-forwarded-host").strip()
        if host:
            kept = [(k, v) for k, v in scope["headers"] if k != b"host"]
            scope["headers"] = [*kept, (b"host", host.encode("latin-1"))]


def in_time(seconds: float) -> Any:
    """The middleware factory that ends a request which takes longer than ``seconds``, or than its
    route's own limit where that is longer.
    """

    def factory(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            own = getattr(scope.get("route_handler"), "opt", {}).get(TIME_LIMIT, 0)
            async with asyncio.timeout(max(seconds, own)):
                await app(scope, receive, send)

        return serve

    return factory


def around_requests(host: Host) -> Any:
    """The middleware factory: everything that happens around each request."""
    proxies = ProxyHeaders(host.settings.trusted_proxies)

    def factory(app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            started = time.perf_counter()
            trace = tracing.start()
            proxies.apply(scope)
            locale, asked = _asked_locale(scope, host.settings.default_locale)
            set_locale(locale)
            state = scope.setdefault("state", {})
            site = await site_for(host, _header(scope, b"host"))
            if site is not None:
                state["arengo_site"] = site
            elif not scope["path"].startswith("/static/"):  # its page is styled, too
                scope["path"] = "/unknown-host"
                scope["raw_path"] = b"/unknown-host"
            secure = scope.get("scheme") == "https"
            status = 0

            async def send_with_headers(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    headers = MutableScopeHeaders.from_message(message)
                    for key, value in _FIXED:
                        headers[key] = value
                    headers["x-trace-id"] = trace
                    if "content-security-policy" not in headers:
                        origins = state.get("arengo_form_origins", ())
                        headers["content-security-policy"] = content_security_policy(
                            origins, state.get("arengo_frame_origins", ())
                        )
                    if secure:
                        headers["strict-transport-security"] = "max-age=31536000"
                    if asked:
                        headers.add(
                            "set-cookie",
                            f"{LOCALE_COOKIE}={locale}; Path=/; Max-Age=31536000; SameSite=lax",
                        )
                await send(message)

            client = scope.get("client")
            try:
                with origin.coming_from(client[0] if client else ""):
                    await app(scope, receive, send_with_headers)
            finally:
                seconds = time.perf_counter() - started
                if scope["type"] == "http":
                    route = scope.get("path_template", "") or "unmatched"
                    REQUESTS.labels(known_method(scope["method"]), route, str(status)).inc()
                    REQUEST_SECONDS.labels(route).observe(seconds)
                    _log.debug(
                        "request",
                        method=scope["method"],
                        path=scope["path"],
                        status=status,
                        ms=round(seconds * 1000, 1),
                    )

        return serve

    return factory
