"""GraphQL mutations of grants."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_marketplace.funding import service
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.funding.types import (
    FundingInput,
    FundingPayload,
    FundingsPayload,
    FundingType,
)


async def _payload(uow: UnitOfWork, row: Funding) -> FundingPayload:
    return FundingPayload(funding=FundingType.of(await service.standing_of(uow, row)))


@strawberry.type
class FundingMutation:
    """Root mutations of grants."""

    @strawberry.mutation(description="Record a grant; it covers after those recorded before.")
    @answers(FundingPayload)
    async def create_funding(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        funding: FundingInput,
        idempotency_key: str | None = None,
    ) -> FundingPayload:
        """Record a grant."""
        async with info.context.writing() as uow:
            row = await service.create(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                data=funding.data(),
                idempotency_key=idempotency_key,
            )
            return await _payload(uow, row)

    @strawberry.mutation(
        description="Change a grant, unless that contradicts what it covered in settled months."
    )
    @answers(FundingPayload)
    async def change_funding(
        self, info: Info, id: strawberry.ID, funding: FundingInput
    ) -> FundingPayload:
        """Change a grant."""
        async with info.context.writing() as uow:
            row = await service.change(uow, funding_id=local_id(id, "Funding"), data=funding.data())
            return await _payload(uow, row)

    @strawberry.mutation(description="Have a grant cover no further month.")
    @answers(FundingPayload)
    async def end_funding(self, info: Info, id: strawberry.ID) -> FundingPayload:
        """End a grant."""
        async with info.context.writing() as uow:
            return await _payload(uow, await service.end(uow, funding_id=local_id(id, "Funding")))

    @strawberry.mutation(
        description="Note that the report of a grant was made to its funder, today or before."
    )
    @answers(FundingPayload)
    async def report_funding(
        self, info: Info, id: strawberry.ID, reported_on: date | None = None
    ) -> FundingPayload:
        """Note a report."""
        async with info.context.writing() as uow:
            row = await service.report_made(uow, funding_id=local_id(id, "Funding"), on=reported_on)
            return await _payload(uow, row)

    @strawberry.mutation(
        description="Put a consortium's grants in order, each named once; the first covers first."
    )
    @answers(FundingsPayload)
    async def reorder_fundings(
        self, info: Info, consortium_id: strawberry.ID, funding_ids: list[strawberry.ID]
    ) -> FundingsPayload:
        """Reorder grants."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        async with info.context.writing() as uow:
            await service.reorder(
                uow,
                consortium_id=consortium,
                funding_ids=[local_id(one, "Funding", "funding_ids") for one in funding_ids],
            )
            standings = await service.standings(uow, consortium)
        return FundingsPayload(fundings=[FundingType.of(one) for one in standings])
