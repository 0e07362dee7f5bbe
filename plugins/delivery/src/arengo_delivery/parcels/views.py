"""Parcels as other plugins see them."""

from __future__ import annotations

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_delivery.contract import Address, DeliveryKind, Parcel, ParcelRequest, ParcelState
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.points import repository as points
from arengo_delivery.points.service import as_contract


def tracking_path(row: ParcelRow) -> str:
    """The public page of a parcel."""
    return f"/tracking/{row.tracking_code}"


def initials(name: str) -> str:
    """What a public page shows of a name: ``A. P.``."""
    return " ".join(f"{part[0]}." for part in name.split()[:3])


async def as_parcel(uow: UnitOfWork, row: ParcelRow) -> Parcel:
    """A parcel by the contract."""
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    return Parcel(
        id=row.id,
        merchant_order_id=row.merchant_order_id,
        carrier=row.carrier,
        kind=DeliveryKind(row.kind),
        state=ParcelState(row.state),
        tracking_code=row.tracking_code,
        tracking_path=tracking_path(row),
        point=as_contract(point) if point else None,
    )


def as_request(host: Host, row: ParcelRow) -> ParcelRequest:
    """A parcel as its carrier is asked to take it."""
    return ParcelRequest(
        merchant_id=row.organization_id,
        merchant_order_id=row.merchant_order_id,
        consortium_id=row.consortium_id,
        order_reference=row.order_reference,
        option_key=f"{row.carrier}:{row.option}",
        weight_grams=row.weight_grams,
        recipient=Address(
            name=row.recipient_name,
            street=row.street,
            postcode=row.postcode,
            city=row.city,
            istat_code=row.istat_code,
            phone=row.phone,
        ),
        recipient_email=host.cipher.decrypt(row.email_sealed)["email"],
        locale=row.locale,
        point_id=row.point_id,
    )
