"""Parcels of merchant orders, through the delivery plugin where it is installed."""

from __future__ import annotations

from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_storefront import partners
from arengo_storefront.orders.models import MerchantOrder
from arengo_storefront.orders.states import DeliveryWay, MerchantOrderState

_STATE_AFTER = {
    "in_transit": MerchantOrderState.SHIPPED,
    "at_pick_up_point": MerchantOrderState.READY,
    "delivered": MerchantOrderState.HANDED_OVER,
}


def has_parcel(host: Host, part: MerchantOrder) -> bool:
    """Whether a merchant order travels by the delivery plugin."""
    return (
        part.delivery_way != DeliveryWay.SHOP
        and partners.HAS_DELIVERY
        and partners.installed(host, "delivery")
    )


def state_after(parcel_state: str) -> MerchantOrderState | None:
    """Where a merchant order stands when its parcel moved so."""
    return _STATE_AFTER.get(parcel_state)


async def announce(host: Host, uow: UnitOfWork, part: MerchantOrder) -> None:
    """Make the parcel of a confirmed merchant order; again changes nothing."""
    await host.continuing(uow, partners.Delivery).announce(
        partners.ParcelRequest(
            merchant_id=part.organization_id,
            merchant_order_id=part.id,
            consortium_id=part.consortium_id,
            order_reference=part.number,
            option_key=part.delivery_option,
            weight_grams=part.weight_grams,
            recipient=partners.Address(
                name=part.recipient,
                street=part.street,
                postcode=part.postcode,
                city=part.city,
                istat_code=part.istat_code,
                phone=part.phone,
            ),
            recipient_email=part.email,
            locale=part.locale,
            point_id=part.point_id,
        )
    )


async def ready(host: Host, uow: UnitOfWork, part: MerchantOrder) -> None:
    """The merchant packed it: the courier may come."""
    if has_parcel(host, part):
        delivery = host.continuing(uow, partners.Delivery)
        if await delivery.parcel_of(part.id) is None:
            await announce(host, uow, part)
        await delivery.ready(part.id)


async def call_off(host: Host, uow: UnitOfWork, part: MerchantOrder) -> None:
    """Call the parcel of a cancelled merchant order off. ConflictError when it has left."""
    if has_parcel(host, part):
        delivery = host.continuing(uow, partners.Delivery)
        if await delivery.parcel_of(part.id) is not None:
            await delivery.cancel(part.id)


async def tracking_paths(
    host: Host, uow: UnitOfWork, parts: list[MerchantOrder]
) -> dict[UUID, str]:
    """The public tracking pages of merchant orders that have a parcel."""
    found: dict[UUID, str] = {}
    for part in parts:
        if has_parcel(host, part):
            parcel = await host.continuing(uow, partners.Delivery).parcel_of(part.id)
            if parcel is not None:
                found[part.id] = parcel.tracking_path
    return found
