"""GraphQL mutations on pick-up points."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.points import service
from arengo_delivery.points.service import PointData
from arengo_delivery.points.types import PickUpPointPayload, PickUpPointType


@strawberry.type
class PointsMutation:
    """Root mutations on pick-up points."""

    @strawberry.mutation(
        description="Open a pick-up point.",
        metadata=only_with(SERVICE_KEY),
    )
    @answers(PickUpPointPayload)
    async def create_pick_up_point(
        self,
        info: Info,
        organization_id: strawberry.ID,
        name: str,
        address: str,
        opening_hours: str,
        idempotency_key: str | None = None,
    ) -> PickUpPointPayload:
        """Open a point."""
        async with info.context.writing() as uow:
            row = await service.create(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                data=PointData(name, address, opening_hours),
                idempotency_key=idempotency_key,
            )
        return PickUpPointPayload(point=PickUpPointType.of(row))

    @strawberry.mutation(
        description="Change a pick-up point's name, address and hours.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(PickUpPointPayload)
    async def change_pick_up_point(
        self,
        info: Info,
        organization_id: strawberry.ID,
        id: strawberry.ID,
        name: str,
        address: str,
        opening_hours: str,
    ) -> PickUpPointPayload:
        """Change a point."""
        async with info.context.writing() as uow:
            row = await service.change(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                point_id=local_id(id, "PickUpPoint"),
                data=PointData(name, address, opening_hours),
            )
        return PickUpPointPayload(point=PickUpPointType.of(row))

    @strawberry.mutation(
        description="Offer a pick-up point no more; what waits there is still handed over.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(PickUpPointPayload)
    async def close_pick_up_point(
        self, info: Info, organization_id: strawberry.ID, id: strawberry.ID
    ) -> PickUpPointPayload:
        """Close a point."""
        async with info.context.writing() as uow:
            row = await service.close(
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                point_id=local_id(id, "PickUpPoint"),
            )
        return PickUpPointPayload(point=PickUpPointType.of(row))
