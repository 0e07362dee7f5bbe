"""What handlers get of a request: the caller, and the site that the host name addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

from arengo_core.caller import ANONYMOUS, Caller
from arengo_core.host import Host
from arengo_core.i18n import current_locale
from arengo_core.identity import sessions
from arengo_core.identity.tokens import is_api_token
from arengo_core.remote import tokens as plugin_tokens

SESSION_COOKIE = "arengo_session"
API_PATH = "/graphql"
SCRIPTS = "answers_api_tokens"
"""``opt`` of a route that API tokens may call, as they may GraphQL."""
TIME_LIMIT = "time_limit"
"""``opt`` of a route that takes longer than pages may: its own limit in seconds."""
LOCALE_COOKIE = "arengo_locale"

ArengoRequest = Request[Any, Any, Any]
FromHost = NamedDependency[Host]
FromCaller = NamedDependency[Caller]


@dataclass(frozen=True, slots=True)
class Site:
    """What a host name stands for: the whole deployment, or one organization's own address."""

    organization_id: UUID | None = None


def host_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Host:
    """The host that serves this connection."""
    return cast(Host, connection.app.state.host)


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """A token: a session's from the cookie, or any in a script's ``Authorization: Bearer``."""
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return connection.cookies.get(SESSION_COOKIE)


async def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Who calls; looked up once a request."""
    known = connection.scope.setdefault("state", {}).get("arengo_caller")
    if known is not None:
        return cast(Caller, known)
    caller = await _look_up(connection)
    connection.scope["state"]["arengo_caller"] = caller
    return caller


async def _look_up(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    token = token_of(connection)
    if not token:
        return Caller(locale=current_locale())
    host = host_of(connection)
    on_api = connection.url.path.rstrip("/") == API_PATH
    if on_api and plugin_tokens.is_plugin_token(token):
        async with host.unit_of_work(ANONYMOUS) as uow:
            return await plugin_tokens.caller_of(uow, host, token, current_locale())
    if not is_api_token(token):
        return await _of_session(host, token) or Caller(locale=current_locale())
    handler = connection.scope.get("route_handler")
    if not (on_api or getattr(handler, "opt", {}).get(SCRIPTS)):
        return Caller(locale=current_locale())
    async with host.unit_of_work(ANONYMOUS) as uow:
        found = await host.identity.caller_of(uow, token, current_locale())
    return found or Caller(locale=current_locale())


async def _of_session(host: Host, token: str) -> Caller | None:
    async with host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        found, is_due = await host.identity.session_of(uow, token, current_locale())
    if found is not None and is_due:
        async with host.unit_of_work(found) as uow:
            await sessions.note_use(uow)
    return found


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    """The site addressed; set by the host-name middleware."""
    return cast(Site, connection.scope.get("state", {}).get("arengo_site", Site()))


async def provide_caller(request: ArengoRequest) -> Caller:
    """Dependency ``caller`` of handlers."""
    return await caller_of(request)


async def provide_host(request: ArengoRequest) -> Host:
    """Dependency ``host`` of handlers."""
    return host_of(request)
