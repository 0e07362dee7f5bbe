"""The address that remote plugins report usage to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, ForbiddenError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.plugins import gate
from arengo_core.plugins.manifest import Service
from arengo_core.remote.calling import Remote
from arengo_core.web.context import ArengoRequest, FromHost
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.metering import service

GRANT = "marketplace.usage:write"
MOST_READINGS = 500
_LIMIT = 500_000


@dataclass(frozen=True, slots=True)
class _Reading:
    meter: str
    organization_id: UUID
    quantity: Decimal
    occurred_at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class _Report:
    readings: list[_Reading]


async def take(host: Host, plugin: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Store what a plugin reports; how many readings were new.

    InvalidInputError for what it did not sign or cannot be meant, ForbiddenError for meters of
    others, and for members who have the meter's service not active or did not agree to it.
    Nothing is stored then.
    """
    if not await Remote(host, plugin, "").took(body, headers):
        raise InvalidInputError("The signature is not the plugin's, or is too old.")
    try:
        readings = msgspec.json.decode(body, type=_Report).readings
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidInputError("{place}: {fault}", place="readings", fault=error) from None
    if len(readings) > MOST_READINGS:
        raise InvalidInputError(
            "At most {most} readings at once are possible.", field="readings", most=MOST_READINGS
        )
    members = {reading.organization_id for reading in readings}
    async with host.unit_of_work(Caller.program(members)) as uow:
        for reading in readings:
            owner = _service_of(host, plugin, reading.meter)
            agreed = await gate.agreed(uow.session, owner, reading.organization_id)
            if GRANT not in agreed:
                raise ForbiddenError(
                    "{organization} does not let this plugin report its use.",
                    organization=reading.organization_id,
                )
        return await service.report(uow, host, _as_contract(readings))


def _service_of(host: Host, plugin: str, meter: str) -> str:
    """The plugin's service that has the meter."""
    services: list[Service] = [
        owned.value for owned in host.registry.services.values() if owned.plugin == plugin
    ]
    for one in services:
        if any(known.key == meter for known in one.meters):
            return one.key
    raise ForbiddenError("{meter} is no meter of this plugin.", meter=meter)


def _as_contract(readings: Sequence[_Reading]) -> list[UsageReading]:
    return [
        UsageReading(
            meter=one.meter,
            organization_id=one.organization_id,
            quantity=one.quantity,
            occurred_at=one.occurred_at,
            key=one.key,
        )
        for one in readings
    ]


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
    try:
        new = await take(host, plugin, await request.body(), dict(request.headers.items()))
    except ArengoError as error:
        if error.status >= 500:
            raise
        message = {"code": error.code, "message": error_text(error)}
        return Response({"error": message}, status_code=error.status)
    return Response({"new": new})


ROUTES: list[Any] = [remote_usage]
