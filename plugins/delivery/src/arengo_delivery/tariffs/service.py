"""Rules for tariffs: anybody reads them, the consortium's officers set them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_delivery.permissions import TARIFFS
from arengo_delivery.tariffs import repository
from arengo_delivery.tariffs.schedule import DEFAULTS, ELSEWHERE, VALLEY, Bands, Schedule, check
from arengo_marketplace.contract import Marketplace, Member


@dataclass(frozen=True, slots=True)
class Destination:
    """Prices to one destination; ``own`` where the office set them. ``name`` of a member."""

    key: str
    name: str
    bands: Bands
    own: bool


async def towns(host: Host, uow: UnitOfWork, consortium_id: UUID) -> list[Member]:
    """The municipalities of a consortium that have an ISTAT code, by name."""
    members = await host.continuing(uow, Marketplace).members(
        consortium_id, OrganizationKind.MUNICIPALITY
    )
    return [member for member in members if member.istat_code]


async def schedule(host: Host, uow: UnitOfWork, consortium_id: UUID) -> Schedule:
    """Everything needed to price a parcel."""
    return Schedule(
        await repository.of_consortium(uow.session, consortium_id),
        frozenset(t.istat_code or "" for t in await towns(host, uow, consortium_id)),
    )


async def destinations(host: Host, uow: UnitOfWork, consortium_id: UUID) -> list[Destination]:
    """The two zones, then the municipalities with prices of their own."""
    own = await repository.of_consortium(uow.session, consortium_id)
    names = {t.istat_code: t.name for t in await towns(host, uow, consortium_id)}
    zones = [
        Destination(zone, "", own.get(zone, DEFAULTS[zone]), zone in own)
        for zone in (VALLEY, ELSEWHERE)
    ]
    places = [
        Destination(key, names.get(key, key), bands, True)
        for key, bands in own.items()
        if key not in DEFAULTS
    ]
    return [*zones, *sorted(places, key=lambda place: place.name)]


async def put(
    host: Host, uow: UnitOfWork, *, consortium_id: UUID, destination: str, bands: Bands
) -> None:
    """Set the prices to a zone or a member municipality; no bands: the courier stays away."""
    uow.caller.require(consortium_id, TARIFFS)
    if destination not in DEFAULTS:
        known = {town.istat_code for town in await towns(host, uow, consortium_id)}
        if destination not in known:
            raise InvalidInputError(
                "{value} is neither a zone nor a municipality of the consortium.",
                field="destination",
                value=destination,
            )
    await repository.put(uow.session, consortium_id, destination, check(bands))
    uow.audit(consortium_id, "tariff.set", "Tariff", destination=destination)


async def remove(uow: UnitOfWork, *, consortium_id: UUID, destination: str) -> None:
    """Let a destination have the usual prices again. NotFoundError when it has."""
    uow.caller.require(consortium_id, TARIFFS)
    if not await repository.remove(uow.session, consortium_id, destination):
        raise NotFoundError("This destination has no prices of its own.")
    uow.audit(consortium_id, "tariff.removed", "Tariff", destination=destination)
