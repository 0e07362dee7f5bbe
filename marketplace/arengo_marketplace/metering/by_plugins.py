"""Usage that remote plugins report themselves: of their own meters, where members agreed to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ForbiddenError, InvalidInputError
from arengo_core.host import Host
from arengo_core.plugins import gate
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.metering import service
from arengo_marketplace.metering.counting import check

GRANT = "marketplace.usage:write"
MOST_READINGS = 500
_CLOCKS_DIFFER = timedelta(minutes=5)


async def report(host: Host, plugin: str, readings: Sequence[UsageReading]) -> int:
    """Store what a plugin reports in a transaction of its own; how many readings were new.

    ForbiddenError for meters of others, and for members who have the meter's service not active
    or did not agree to it; InvalidInputError for what cannot be meant. Nothing is stored then.
    """
    if len(readings) > MOST_READINGS:
        raise InvalidInputError(
            "At most {most} readings at once are possible.", field="readings", most=MOST_READINGS
        )
    members = {reading.organization_id for reading in readings}
    asked = {(_service_of(host, plugin, one.meter), one.organization_id) for one in readings}
    _check(host, readings)
    async with host.unit_of_work(Caller.program(members)) as uow:
        for owner, member in sorted(asked):
            agreed = await gate.granted(uow.session, host.registry, owner, member)
            if GRANT not in agreed:
                raise ForbiddenError(
                    "{organization} does not let this plugin report its use.", organization=member
                )
        return await service.report(uow, host, readings)


def _check(host: Host, readings: Sequence[UsageReading]) -> None:
    """Refuse what cannot be counted, and name which reading it is."""
    meters, latest = host.registry.meters(), clock.now() + _CLOCKS_DIFFER
    for number, one in enumerate(readings):
        try:
            check(one.meter, one.quantity, one.key, one.occurred_at, meters)
            if one.occurred_at > latest:
                raise InvalidInputError(
                    "{value} is still to come: only what was used is counted.",
                    field="occurred_at",
                    value=one.occurred_at.isoformat(),
                )
        except InvalidInputError as error:
            error.field = f"readings[{number}].{error.field}"
            raise


def _service_of(host: Host, plugin: str, meter: str) -> str:
    """The plugin's service that has the meter."""
    owner = host.registry.meters().get(meter, "")
    if host.registry.owner_of_service(owner) != plugin:
        raise ForbiddenError("{meter} is no meter of this plugin.", meter=meter)
    return owner
