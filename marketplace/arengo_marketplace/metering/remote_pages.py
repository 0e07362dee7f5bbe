"""The address that remote plugins report usage to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.remote.taking import answered, require_genuine
from arengo_core.web.context import ArengoRequest, FromHost
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.metering import by_plugins

_LIMIT = 500_000


@dataclass(frozen=True, slots=True)
class _Report:
    readings: list[UsageReading]


async def take(host: Host, plugin: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Store what a plugin reports; how many readings were new.

    InvalidInputError for what it did not sign, or that is none; errors as those of
    :func:`arengo_marketplace.metering.by_plugins.report`.
    """
    await require_genuine(host, plugin, body, headers)
    try:
        readings = msgspec.json.decode(body, type=_Report).readings
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidInputError("{place}: {fault}", place="readings", fault=error) from None
    return {"new": await by_plugins.report(host, plugin, readings)}


@post(
    "/webhooks/remote/{plugin:str}/usage",
    name="remote-usage",
    status_code=200,
    opt={"exclude_from_csrf": True, "protocol": "webhook"},
    request_max_body_size=_LIMIT,
)
async def remote_usage(
    request: ArengoRequest, host: FromHost, plugin: FromPath[str]
) -> Response[dict[str, Any]]:
    """A remote plugin's report of usage, signed by the secret that it shares with the host."""
    headers = dict(request.headers.items())
    return await answered(take(host, plugin, await request.body(), headers))


ROUTES: list[Any] = [remote_usage]
