"""GraphQL queries of grants."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_core.errors import NotFoundError
from arengo_marketplace.funding import repository, service
from arengo_marketplace.funding.types import FundingType, FundingUseType


@strawberry.type
class FundingQuery:
    """Root queries of grants."""

    @strawberry.field(
        description="A consortium's grants in the order in which they cover; for its officers."
    )
    async def fundings(self, info: Info, consortium_id: strawberry.ID) -> list[FundingType]:
        """All grants."""
        uow = info.context.uow
        async with uow.lock:
            rows = await service.standings(
                uow, local_id(consortium_id, "Organization", "consortium_id")
            )
        return [FundingType.of(row) for row in rows]

    @strawberry.field(description="One grant; null when there is none for you.")
    async def funding(self, info: Info, id: strawberry.ID) -> FundingType | None:
        """A grant."""
        uow = info.context.uow
        async with uow.lock:
            try:
                row = await service.own_funding(uow, local_id(id, "Funding"))
            except NotFoundError:
                return None
            return FundingType.of(await service.standing_of(uow, row))

    @strawberry.field(
        description="What a grant covered, with what was taken back, the latest month first."
    )
    async def funding_uses(self, info: Info, id: strawberry.ID) -> list[FundingUseType]:
        """The uses of a grant."""
        uow = info.context.uow
        async with uow.lock:
            row = await service.own_funding(uow, local_id(id, "Funding"))
            uses = await repository.uses(uow.session, row.organization_id, row.id)
        return [FundingUseType.of(use) for use in uses]
