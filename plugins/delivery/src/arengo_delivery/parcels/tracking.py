"""The public view of a parcel: where it is, and nothing that tells who gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.organizations import service as organizations
from arengo_delivery.contract import ParcelState, PickUpPoint
from arengo_delivery.offering import settings_of
from arengo_delivery.parcels import repository, service
from arengo_delivery.parcels.views import initials
from arengo_delivery.points import repository as points
from arengo_delivery.points.service import as_contract
from arengo_marketplace.contract import Marketplace


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way."""

    state: ParcelState
    occurred_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """What anybody who has the link may see."""

    market: str
    theme: str | None
    code: str
    state: ParcelState
    carrier: str
    shop: str
    recipient: str
    town: str
    point: PickUpPoint | None
    contact: str
    steps: tuple[Step, ...]


async def tracking(host: Host, uow: UnitOfWork, code: str) -> Tracking:
    """Where the parcel with a label's code is. NotFoundError for an unknown code."""
    row = await service.by_label(uow, code)
    shop = await organizations.get(uow, row.organization_id)
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    events = await repository.events(uow.session, row.organization_id, row.id)
    market = await host.continuing(uow, Marketplace).consortium(row.consortium_id)
    return Tracking(
        market=market.name,
        theme=market.theme,
        code=row.tracking_code,
        state=ParcelState(row.state),
        carrier=row.carrier,
        shop=shop.name,
        recipient=initials(row.recipient_name),
        town="" if point else row.city,
        point=as_contract(point) if point else None,
        contact=(await settings_of(host, uow, row.organization_id)).contact,
        steps=tuple(
            Step(ParcelState(event.state), event.occurred_at, event.place) for event in events
        ),
    )
