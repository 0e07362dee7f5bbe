"""GraphQL mutations on tariffs."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.tariffs import service
from arengo_delivery.tariffs.types import TariffBandInput, TariffPayload


@strawberry.type
class TariffsMutation:
    """Root mutations on tariffs."""

    @strawberry.mutation(
        description="Set the prices to a destination; no bands: the courier does not go there.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(TariffPayload)
    async def set_tariff(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        destination: str,
        bands: list[TariffBandInput],
    ) -> TariffPayload:
        """Set a tariff."""
        async with info.context.writing() as uow:
            await service.put(
                info.context.host,
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                destination=destination,
                bands=tuple(band.band() for band in bands),
            )
        return TariffPayload(done=True)

    @strawberry.mutation(
        description="Let a destination have the usual prices again.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    @answers(TariffPayload)
    async def remove_tariff(
        self, info: Info, consortium_id: strawberry.ID, destination: str
    ) -> TariffPayload:
        """Remove a tariff."""
        async with info.context.writing() as uow:
            await service.remove(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                destination=destination,
            )
        return TariffPayload(done=True)
