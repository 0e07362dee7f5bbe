"""GraphQL queries of services and offers."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.offers import repository, service
from arengo_marketplace.offers.types import OfferType, ServiceType


@strawberry.type
class OffersQuery:
    """Root queries of offers."""

    @strawberry.field(description="The services of the installed plugins, by key.")
    async def services(self, info: Info) -> list[ServiceType]:
        """All services."""
        return [ServiceType.of(one) for one in service.services(info.context.host.registry)]

    @strawberry.field(description="A consortium's offers, by service.")
    async def offers(
        self, info: Info, consortium_id: strawberry.ID, withdrawn: bool = False
    ) -> list[OfferType]:
        """Offers of a consortium."""
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.of_consortium(
                uow.session,
                local_id(consortium_id, "Organization", "consortium_id"),
                withdrawn=withdrawn,
            )
        return [OfferType.of(row) for row in rows]
