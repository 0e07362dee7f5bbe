"""Which parcels get a label, and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_delivery.contract import Carrier, ParcelState
from arengo_delivery.labels.content import LabelData
from arengo_delivery.parcels import desk
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.points import repository as points

PRINTABLE = (ParcelState.ANNOUNCED, ParcelState.READY)
LIMIT = 100


def carrier_title(host: Host, key: str) -> str:
    """A carrier's name; its key where the plugin that brought it is gone."""
    found = host.registry.providers.get((Carrier, key))
    return gettext(found.value.title) if found else key


async def _data(host: Host, uow: UnitOfWork, shop: Organization, row: ParcelRow) -> LabelData:
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    place = f"{shop.postcode} {shop.city} {shop.province}".strip()
    if point is not None:
        to = (point.name, point.address)
    else:
        to = (row.street, f"{row.postcode} {row.city}".strip())
    return LabelData(
        sender=tuple(line for line in (shop.name, shop.street, place) if line),
        recipient=row.recipient_name,
        to=tuple(line for line in to if line),
        order_reference=row.order_reference,
        weight_grams=row.weight_grams,
        carrier=carrier_title(host, row.carrier),
        tracking_code=row.tracking_code,
        phone=row.phone if point is None else "",
    )


async def _printed(
    host: Host, uow: UnitOfWork, merchant_id: UUID, rows: Sequence[ParcelRow]
) -> bytes:
    shop = await organizations.get(uow, merchant_id)
    # What draws takes long to import: no server waits for it.
    from arengo_delivery.labels.label import make_labels

    return make_labels([await _data(host, uow, shop, row) for row in rows])


async def label(host: Host, uow: UnitOfWork, merchant_id: UUID, parcel_id: UUID) -> bytes:
    """The label of one parcel, for its merchant's people."""
    row, _ = await desk.parcel(uow, merchant_id, parcel_id)
    return await _printed(host, uow, row.organization_id, [row])


async def labels(host: Host, uow: UnitOfWork, merchant_id: UUID) -> bytes:
    """The labels of all parcels that have not left, a hundred at most, oldest first."""
    rows = await desk.parcels_of(uow, merchant_id, states=PRINTABLE, size=LIMIT)
    if not rows:
        raise NotFoundError("There is no parcel that waits for its label.")
    return await _printed(host, uow, merchant_id, list(reversed(rows[:LIMIT])))
