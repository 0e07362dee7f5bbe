"""GraphQL mutations on the counter."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_delivery.counter import service
from arengo_delivery.counter.types import CounterParcel, CounterPayload
from arengo_delivery.offering import SERVICE_KEY


@strawberry.type
class CounterMutation:
    """Root mutations on the counter."""

    @strawberry.mutation(
        description="Look at the parcel under a shopper's code. Wrong codes are counted.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(CounterPayload)
    async def find_waiting_parcel(
        self, info: Info, organization_id: strawberry.ID, code: str
    ) -> CounterPayload:
        """The name to compare, before handing over."""
        async with info.context.writing() as uow:
            row = await service.find(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                code=code,
            )
        if row is None:
            raise service.wrong_code()
        return CounterPayload(parcel=CounterParcel.of(row))

    @strawberry.mutation(
        description="Give the parcel under a shopper's code away.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(CounterPayload)
    async def hand_over_parcel(
        self,
        info: Info,
        organization_id: strawberry.ID,
        code: str,
        idempotency_key: str | None = None,
    ) -> CounterPayload:
        """The code serves no more."""
        async with info.context.writing() as uow:
            row = await service.hand_over(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                code=code,
                idempotency_key=idempotency_key,
            )
        if row is None:
            raise service.wrong_code()
        return CounterPayload(parcel=CounterParcel.of(row))

    @strawberry.mutation(
        description="Take a parcel in at a pick-up point, by its label.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(CounterPayload)
    async def receive_parcel(
        self, info: Info, organization_id: strawberry.ID, label: str
    ) -> CounterPayload:
        """The shopper gets the code."""
        async with info.context.writing() as uow:
            row = await service.receive(
                info.context.host,
                uow,
                organization_id=local_id(organization_id, "Organization", "organization_id"),
                code=label,
            )
        return CounterPayload(parcel=CounterParcel.of(row))
