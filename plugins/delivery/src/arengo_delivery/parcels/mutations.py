"""GraphQL mutations on parcels."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import desk, service
from arengo_delivery.parcels.tracking import tracking
from arengo_delivery.parcels.types import (
    CarriedParcelPayload,
    ParcelPayload,
    ParcelTracking,
    ParcelType,
    PickUpCodePayload,
)


@strawberry.type
class ParcelsMutation:
    """Root mutations on parcels."""

    @strawberry.mutation(
        description="Move a parcel, as its shop or the consortium's office.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(ParcelPayload)
    async def move_parcel(
        self,
        info: Info,
        organization_id: strawberry.ID,
        id: strawberry.ID,
        state: str,
        place: str = "",
    ) -> ParcelPayload:
        """Move a parcel."""
        async with info.context.writing() as uow:
            row = await desk.move(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                parcel_id=local_id(id, "Parcel"),
                state=desk.state_named(state),
                place=place,
            )
        return ParcelPayload(parcel=ParcelType.of(row))

    @strawberry.mutation(
        description="Move the parcel in one's hands, by its label's number.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(CarriedParcelPayload)
    async def carry_parcel(
        self,
        info: Info,
        organization_id: strawberry.ID,
        label: str,
        state: str,
        place: str = "",
    ) -> CarriedParcelPayload:
        """Collected, on its way, at the point, delivered, sent back."""
        host = info.context.host
        async with info.context.writing() as uow:
            row = await desk.move_by_label(
                host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                code=label,
                state=desk.state_named(state),
                place=place,
            )
            view = await tracking(host, uow, row.tracking_code)
        return CarriedParcelPayload(tracking=ParcelTracking.of(view))

    @strawberry.mutation(
        description="Ask a carrier again that refused or lost its answer.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(ParcelPayload)
    async def book_parcel_again(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> ParcelPayload:
        """Ask once more."""
        async with info.context.writing() as uow:
            row = await desk.book_again(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                parcel_id=local_id(id, "Parcel"),
            )
        return ParcelPayload(parcel=ParcelType.of(row))

    @strawberry.mutation(
        description="Send the shopper a new code; the ones before are void.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(ParcelPayload)
    async def renew_pick_up_code(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> ParcelPayload:
        """By the shop's or the office's word."""
        async with info.context.writing() as uow:
            row = await desk.renew_code(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                parcel_id=local_id(id, "Parcel"),
            )
        return ParcelPayload(parcel=ParcelType.of(row))

    @strawberry.mutation(description="Send the shopper a new code, asked from the tracking page.")
    @answers(PickUpCodePayload)
    async def request_pick_up_code(self, info: Info, code: str) -> PickUpCodePayload:
        """It goes to the shopper's address alone."""
        async with info.context.writing() as uow:
            await service.renew_code_by_label(info.context.host, uow, code)
        return PickUpCodePayload(done=True)
