"""Errors as people and programs see them: a page of the theme, or JSON; never a stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from arengo_core import tracing
from arengo_core.caller import ANONYMOUS, Caller
from arengo_core.errors import (
    ArengoError,
    DatabaseAwayError,
    TooManyError,
    UnauthenticatedError,
)
from arengo_core.i18n import error_text
from arengo_core.limits.requests import count
from arengo_core.plugins.containment import plugin_of
from arengo_core.web.context import API_PATH, ArengoRequest, caller_of, host_of
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.pages import page

_log = structlog.get_logger("arengo.web")


def _wants_json(request: ArengoRequest) -> bool:
    accept = request.headers.get("accept", "")
    return "text/html" not in accept and (
        "json" in accept or request.headers.get("content-type", "").startswith("application/json")
    )


async def _answer(request: ArengoRequest, status: int, code: str, detail: str) -> Response[Any]:
    if request.scope["path"].rstrip("/") == API_PATH and request.method == "POST":
        extensions = {"code": code, "traceId": tracing.current()}
        fault = {"message": detail, "extensions": extensions}
        return Response({"errors": [fault]}, status_code=status)
    if _wants_json(request):
        body = {"error": {"code": code, "message": detail, "traceId": tracing.current()}}
        return Response(body, status_code=status)
    host = host_of(request)
    try:
        # Whoever sends too much gets an answer that asks the database nothing.
        refused = status == TooManyError.status
        caller = ANONYMOUS if refused else await _caller_if_known(request)
        async with host.unit_of_work(caller, read_only=True) as uow:
            office = request.scope["path"].startswith(("/office", "/desk"))
            return await page(
                request,
                uow,
                "errors/error.html",
                face="office" if office else "market",
                detail=detail,
                status=status,
            )
    except Exception:
        _log.exception("error_page_failed")
        return Response(f"{status} {detail} ({tracing.current()})", status_code=status)


async def _caller_if_known(request: ArengoRequest) -> Caller:
    """Who asks; while the database is away nobody, and the page needs none."""
    try:
        return await caller_of(request)
    except DatabaseAwayError:
        return ANONYMOUS


async def _arengo_error(request: ArengoRequest, error: ArengoError) -> Response[Any]:
    if isinstance(error, UnauthenticatedError) and not _wants_json(request):
        path = request.scope["path"]
        return redirect(  # pyright: ignore[reportReturnType]
            request, f"/sign-in?next={path}", Flash("info", error_text(error))
        )
    if error.status >= 500:
        _log.error("failed", code=error.code, exc_info=error)
    answer = await _answer(request, error.status, error.code, error_text(error))
    if isinstance(error, TooManyError) and error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


async def _http_error(request: ArengoRequest, error: HTTPException) -> Response[Any]:
    try:
        await count(request)  # what met no handler met no guard
    except (TooManyError, DatabaseAwayError) as refusal:
        return await _arengo_error(request, refusal)
    detail = error.detail if error.status_code in {400, 413} else ""
    return await _answer(request, error.status_code, f"HTTP_{error.status_code}", detail)


async def _fault(request: ArengoRequest, error: Exception) -> Response[Any]:
    _log.exception("fault", exc_info=error)
    host = host_of(request)
    plugin = plugin_of(host.registry, error)
    if plugin is not None:
        route = request.scope.get("path_template", "")
        await host.guard.record(plugin, f"page {route}", error)
    return await _answer(request, 500, "INTERNAL", "")


class _Late(Response[Any]):
    """An answer made asynchronously: Litestar's exception handlers are synchronous."""

    def __init__(self, request: ArengoRequest, make: Awaitable[Response[Any]]) -> None:
        super().__init__(None)
        self._request = request
        self._make = make

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        async def send_answer(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self._make
            application = answer.to_asgi_response(None, self._request)
            await application(scope, receive, send)

        return send_answer


def _handler(make: Callable[[ArengoRequest, Any], Awaitable[Response[Any]]]) -> Any:
    def handle(request: ArengoRequest, error: Exception) -> Response[Any]:
        return _Late(request, make(request, error))

    return handle


HANDLERS: dict[Any, Any] = {
    ArengoError: _handler(_arengo_error),
    HTTPException: _handler(_http_error),
    Exception: _handler(_fault),
}
