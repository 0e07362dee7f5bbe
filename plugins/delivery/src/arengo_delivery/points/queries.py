"""GraphQL queries on pick-up points."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.points import service
from arengo_delivery.points.types import PickUpPointType


@strawberry.type
class PointsQuery:
    """Root queries on pick-up points."""

    @strawberry.field(description="Where parcels of a consortium may wait; for anybody.")
    async def pick_up_points(
        self, info: Info, consortium_id: strawberry.ID
    ) -> list[PickUpPointType]:
        """Open points of members with delivery active."""
        uow = info.context.uow
        async with uow.lock:
            rows = await service.open_points(
                uow, local_id(consortium_id, "Organization", "consortium_id")
            )
        return [PickUpPointType.of(row) for row in rows]

    @strawberry.field(
        description="The points that an organization keeps or kept.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def kept_pick_up_points(
        self, info: Info, organization_id: strawberry.ID
    ) -> list[PickUpPointType]:
        """For whoever works there."""
        uow = info.context.uow
        async with uow.lock:
            rows = await service.kept_by(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
        return [PickUpPointType.of(row) for row in rows]
