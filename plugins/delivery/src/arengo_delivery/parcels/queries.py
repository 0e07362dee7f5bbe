"""GraphQL queries on parcels."""

from __future__ import annotations

import base64
from uuid import UUID

import strawberry

from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id
from arengo_delivery.contract import Delivery
from arengo_delivery.labels import service as labels
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import desk
from arengo_delivery.parcels.tracking import tracking
from arengo_delivery.parcels.types import DeliveryOptionType, ParcelTracking, ParcelType


@strawberry.type
class ParcelsQuery:
    """Root queries on parcels."""

    @strawberry.field(description="Ways to deliver a weight from a merchant; for anybody.")
    async def delivery_options(
        self,
        info: Info,
        merchant_id: strawberry.ID,
        consortium_id: strawberry.ID,
        weight_grams: int,
        destination_istat: str | None = None,
    ) -> list[DeliveryOptionType]:
        """Quotes; couriers only with a known destination."""
        merchant = local_id(merchant_id, "Organization", "merchant_id")
        uow = info.context.uow
        async with uow.lock:
            delivery = await info.context.host.capability(uow, Delivery, merchant)
            found = await delivery.options(
                {merchant: weight_grams},
                local_id(consortium_id, "Organization", "consortium_id"),
                destination_istat,
            )
        return [DeliveryOptionType.of(option) for option in found[merchant]]

    @strawberry.field(
        description="Parcels of a shop, or of a consortium for its officers.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def parcels(
        self,
        info: Info,
        organization_id: strawberry.ID,
        states: list[str] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ParcelType]:
        """Newest first."""
        size, cursor = page_size(first), decode_cursor(after, 1)
        uow = info.context.uow
        async with uow.lock:
            rows = await desk.parcels_of(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                states=[desk.state_named(state) for state in states or []],
                size=size,
                after=UUID(cursor[0]) if cursor else None,
            )
        return connection_of(
            [ParcelType.of(row) for row in rows],
            [encode_cursor(str(row.id)) for row in rows],
            size,
        )

    @strawberry.field(
        description="One parcel, for its shop or the consortium's office.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def parcel(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> ParcelType:
        """A parcel."""
        uow = info.context.uow
        async with uow.lock:
            row, _ = await desk.parcel(
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                local_id(id, "Parcel"),
            )
        return ParcelType.of(row)

    @strawberry.field(
        description="A parcel's label as a PDF (A6), base64.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def parcel_label(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> str:
        """The label of one parcel."""
        uow = info.context.uow
        async with uow.lock:
            content = await labels.label(
                info.context.host,
                uow,
                local_id(organization_id, "Organization", "organization_id"),
                local_id(id, "Parcel"),
            )
        return base64.b64encode(content).decode()

    @strawberry.field(description="Where the parcel with a number is; for anybody who has it.")
    async def parcel_tracking(self, info: Info, code: str) -> ParcelTracking:
        """The public view."""
        uow = info.context.uow
        async with uow.lock:
            return ParcelTracking.of(await tracking(info.context.host, uow, code))
