"""Which requests are counted by what: an address where nobody is signed in, else the account.

Whoever is signed in is counted by account, an API token by itself too, and a remote plugin by its
key, so that neighbours behind one address lock nobody out who is signed in. Sign-ins are counted
by address in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from arengo_core import clock
from arengo_core.caller import ANONYMOUS, Caller
from arengo_core.errors import TooManyError, UnauthenticatedError
from arengo_core.i18n import N_
from arengo_core.identity.origin import network_of
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.limits import repository
from arengo_core.observability.metrics import REFUSALS
from arengo_core.web.context import API_PATH, caller_of, host_of

if TYPE_CHECKING:
    from arengo_core.host import Host

UNLIMITED = "unlimited"
"""``opt`` of a route that is not counted: health, static files, webhooks of gateways."""

SIGN_IN = "counts_as_sign_in"
"""``opt`` of a route where secrets are tried or letters asked for."""

_COUNTED = "arengo_counted"
Connection = ASGIConnection[Any, Any, Any, Any]


def _network(connection: Connection) -> str:
    client = connection.client
    return network_of(client.host if client else "")


def _limits(connection: Connection, caller: Caller) -> Iterator[tuple[str, str, int]]:
    """What a request is counted by: kind, who, and how many may come in a minute."""
    settings = host_of(connection).settings
    if caller.plugin is not None:
        yield "token", caller.plugin, settings.token_requests
        return
    if caller.token_id is not None:
        yield "token", str(caller.token_id), settings.token_requests
    if caller.user_id is not None:
        yield "account", str(caller.user_id), settings.account_requests
    elif connection.url.path.rstrip("/") == API_PATH:
        yield "api", _network(connection), settings.api_requests
    else:
        yield "pages", _network(connection), settings.page_requests


async def _take(
    connection: Connection, kind: str, who: str, limit: int, *, exact: bool = False
) -> None:
    wait = await host_of(connection).requests.take(kind, who, limit, exact=exact)
    if wait:
        REFUSALS.labels(kind).inc()
        raise TooManyError(
            "Too many requests came within a minute. Nothing was changed: wait {seconds} seconds,"
            " then try again.",
            seconds=wait,
            retry_after=wait,
        )


async def count(connection: Connection) -> None:
    """Count a request, once. TooManyError when it is one too many."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})  # pyright: ignore[reportAssignmentType]
    if state.get(_COUNTED):
        return
    state[_COUNTED] = True
    try:
        caller, refusal = await caller_of(connection), None
    except UnauthenticatedError as error:
        caller, refusal = ANONYMOUS, error
    for kind, who, limit in _limits(connection, caller):
        await _take(connection, kind, who, limit)
    if refusal is not None:
        raise refusal


async def count_sign_in(connection: Connection | None) -> None:
    """Count a try to sign in, or a letter asked for, by address. TooManyError when too many."""
    if connection is not None:
        limit = host_of(connection).settings.sign_in_requests
        await _take(connection, "sign-in", _network(connection), limit, exact=True)


async def request_limit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every route."""
    if handler.opt.get(UNLIMITED):
        return
    if handler.opt.get(SIGN_IN):
        await count_sign_in(connection)
    await count(connection)


async def _clear_away(host: Host, _payload: dict[str, Any]) -> None:
    async with host.unit_of_work(Caller.program()) as uow:
        await repository.clear(uow.session, clock.now() - timedelta(hours=1))


CLEAR_COUNTS = Job("core.clear_request_counts", _clear_away, title=N_("Clear away ended counts"))
SCHEDULES = [Schedule(CLEAR_COUNTS, "41 * * * *")]
