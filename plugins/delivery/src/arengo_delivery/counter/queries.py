"""GraphQL queries on the counter."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id
from arengo_delivery.counter import service
from arengo_delivery.counter.types import WaitingParcel
from arengo_delivery.offering import SERVICE_KEY


@strawberry.type
class CounterQuery:
    """Root queries on the counter."""

    @strawberry.field(
        description="What waits at a keeper's pick-up points, longest first.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def waiting_parcels(
        self, info: Info, organization_id: strawberry.ID
    ) -> list[WaitingParcel]:
        """For the keeper's people."""
        uow = info.context.uow
        async with uow.lock:
            rows = await service.waiting(
                uow, local_id(organization_id, "Organization", "organization_id")
            )
        return [WaitingParcel(order_reference=r.order_reference, since=r.since) for r in rows]
