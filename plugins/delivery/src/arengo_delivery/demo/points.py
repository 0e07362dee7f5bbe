"""Demo step: a counter in each town hall, two shops that keep parcels, and prices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import insert

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.points.models import PickUpPointRow
from arengo_delivery.tariffs import service as tariffs
from arengo_delivery.tariffs.schedule import DEFAULTS, ELSEWHERE, VALLEY, Bands

_SHOPS = 2
_REMOTE = "014062"  # Spriana: the road ends there


def _dearer(bands: Bands, cents: int) -> Bands:
    return tuple(replace(band, price=band.price + cents) for band in bands)


async def load(host: Host, consortium: str) -> None:
    """Open the points, set the prices."""
    async with host.unit_of_work() as uow:
        place = await organizations.by_slug(uow.session, consortium)
        assert place is not None, "the marketplace's step made it"
        keepers = await gate.active_members(uow.session, SERVICE_KEY, place.id)
        rows = await organizations.by_ids(uow.session, keepers)
    towns = [row for row in rows.values() if row.kind == OrganizationKind.MUNICIPALITY]
    shops = [row for row in rows.values() if row.kind == OrganizationKind.MERCHANT]
    shops.sort(key=lambda row: row.name)
    made = [
        *(_town_hall(place, town) for town in towns),
        *(_shop(place, shop) for shop in shops[:_SHOPS]),
    ]
    async with host.unit_of_work(Caller.program([place.id, *rows])) as uow:
        await uow.session.execute(insert(PickUpPointRow), made)
        for zone, cents in ((VALLEY, 0), (ELSEWHERE, 50)):
            await tariffs.put(
                host,
                uow,
                consortium_id=place.id,
                destination=zone,
                bands=_dearer(DEFAULTS[zone], cents),
            )
        if any(town.istat_code == _REMOTE for town in towns):
            await tariffs.put(
                host,
                uow,
                consortium_id=place.id,
                destination=_REMOTE,
                bands=_dearer(DEFAULTS[VALLEY], 100),
            )
    with (host.settings.data_dir / "guide.txt").open("a") as guide:
        guide.write("  Counter of a town hall {base_url}/office/counter (codes are in the mail)\n")


def _point(place: Organization, keeper: Organization, **values: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organization_id": keeper.id,
        "consortium_id": place.id,
        "created_at": clock.now(),
        "closed_at": None,
        **values,
    }


def _town_hall(place: Organization, town: Organization) -> dict[str, Any]:
    return _point(
        place,
        town,
        name=f"Municipio di {town.name} (demo)",
        address=f"Piazza del Municipio, {town.postcode} {town.city}".replace(",  ", ", "),
        istat_code=town.istat_code or "",
        opening_hours="lun–ven 9–12:30, gio anche 15–17",
    )


def _shop(place: Organization, shop: Organization) -> dict[str, Any]:
    return _point(
        place,
        shop,
        name=shop.name,
        address=f"{shop.street}, {shop.postcode} {shop.city}".replace(",  ", ", "),
        istat_code="",
        opening_hours="mar–sab 8:30–12:30 e 15:30–19",
    )
