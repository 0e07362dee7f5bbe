"""Parcels of no order, for a demo without shops."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate
from arengo_delivery.carriers import pick_up_point, valley_courier
from arengo_delivery.carriers.keys import PICK_UP_POINT, VALLEY_COURIER
from arengo_delivery.contract import Address, ParcelRequest, ParcelState
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import service
from arengo_delivery.parcels.codes import tracking_digest
from arengo_delivery.parcels.models import ParcelEvent, ParcelKey, ParcelRow
from arengo_delivery.points.models import PickUpPointRow
from arengo_delivery.points.service import open_points

_DAYS = 92
_NAMES = (
    "Ada Prova", "Bruno Esempio", "Carla Finta", "Dario Saggio", "Elsa Modello", "Franco Tipo",
)  # fmt: skip


async def invent(host: Host, consortium_id: UUID) -> None:
    """A parcel of each shop every third day or so, back to three months ago."""
    async with host.unit_of_work() as uow:
        members = await gate.active_members(uow.session, SERVICE_KEY, consortium_id)
        rows = await organizations.by_ids(uow.session, members)
        points = await open_points(uow, consortium_id)
    shops = [row for row in rows.values() if row.kind == OrganizationKind.MERCHANT]
    towns = [row for row in rows.values() if row.kind == OrganizationKind.MUNICIPALITY]
    if not shops or not towns:
        return
    made = list(_requests(consortium_id, sorted(shops, key=lambda s: s.slug), towns, points))
    parcels = [_parcel(host, request, at) for request, at in made]
    async with host.unit_of_work(Caller.program([shop.id for shop in shops])) as uow:
        await uow.session.execute(insert(ParcelRow), parcels)
        await uow.session.execute(insert(ParcelKey), [_key(parcel) for parcel in parcels])
        await uow.session.execute(insert(ParcelEvent), [_event(parcel) for parcel in parcels])


def _requests(
    consortium_id: UUID,
    shops: Sequence[Organization],
    towns: Sequence[Organization],
    points: Sequence[PickUpPointRow],
) -> Iterator[tuple[ParcelRequest, datetime]]:
    dice = random.Random(str(len(towns)))  # noqa: S311 - the same demo each time
    moment = clock.now()
    for number in range(_DAYS * len(shops) // 3):
        ago = timedelta(hours=dice.uniform(2, _DAYS * 24))
        town, point = dice.choice(towns), dice.choice(points) if points else None
        picks_up = point is not None and dice.random() < 0.4
        carrier = (
            f"{PICK_UP_POINT}:{pick_up_point.OPTION}"
            if picks_up
            else f"{VALLEY_COURIER}:{valley_courier.OPTION}"
        )
        yield (
            ParcelRequest(
                merchant_id=dice.choice(shops).id,
                merchant_order_id=new_id(),
                consortium_id=consortium_id,
                order_reference=f"D-{number + 1:04d}",
                option_key=carrier,
                weight_grams=dice.randrange(200, 6_000),
                recipient=Address(
                    dice.choice(_NAMES),
                    f"Via Inventata {dice.randrange(1, 90)}",
                    town.postcode,
                    town.name,
                    town.istat_code or "",
                ),
                recipient_email=f"shopper{number % 40}@demo.example",
                locale="it",
                point_id=point.id if picks_up and point else None,
            ),
            moment - ago,
        )


def _parcel(host: Host, request: ParcelRequest, at: datetime) -> dict[str, Any]:
    return {**service.values(host, request), "created_at": at, "moved_at": at}


def _key(parcel: dict[str, Any]) -> dict[str, Any]:
    return {
        "digest": tracking_digest(parcel["tracking_code"]),
        "parcel_id": parcel["id"],
        "merchant_id": parcel["organization_id"],
        "holder_id": None,
    }


def _event(parcel: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organization_id": parcel["organization_id"],
        "consortium_id": parcel["consortium_id"],
        "parcel_id": parcel["id"],
        "state": ParcelState.ANNOUNCED.value,
        "occurred_at": parcel["created_at"],
        "place": "",
        "actor_id": None,
    }
