"""GraphQL queries on tariffs."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_delivery.tariffs import service
from arengo_delivery.tariffs.types import CourierTariff


@strawberry.type
class TariffsQuery:
    """Root queries on tariffs."""

    @strawberry.field(description="What a consortium's courier asks; for anybody.")
    async def courier_tariffs(
        self, info: Info, consortium_id: strawberry.ID
    ) -> list[CourierTariff]:
        """The two zones, then municipalities with prices of their own."""
        uow = info.context.uow
        async with uow.lock:
            rows = await service.destinations(
                info.context.host, uow, local_id(consortium_id, "Organization", "consortium_id")
            )
        return [CourierTariff.of(row) for row in rows]
