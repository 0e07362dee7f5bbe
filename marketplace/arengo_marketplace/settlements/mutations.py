"""GraphQL mutations of settlements."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.tasks.graphql import TaskPayload, TaskType
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.settlements import closing, service
from arengo_marketplace.settlements.types import SettlementPayload, SettlementType


@strawberry.type
class SettlementsMutation:
    """Root mutations of settlements."""

    @strawberry.mutation(description="Close a month (`2026-09`); members get statements.")
    @answers(SettlementPayload)
    async def close_settlement(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        month: str,
        idempotency_key: str | None = None,
    ) -> SettlementPayload:
        """Close a month."""
        async with info.context.writing() as uow:
            made = await service.close(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                period=month_named(month),
                idempotency_key=idempotency_key,
            )
            return SettlementPayload(settlement=SettlementType.of(made))

    @strawberry.mutation(
        description="Begin to close a month; the task tells its phases and leads to the settlement."
    )
    @answers(TaskPayload)
    async def begin_settlement(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        month: str,
        idempotency_key: str | None = None,
    ) -> TaskPayload:
        """Begin to close a month."""
        async with info.context.writing() as uow:
            task = await closing.begin(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                period=month_named(month),
                idempotency_key=idempotency_key,
            )
        return TaskPayload(task=TaskType.of(info.context.host.registry, task))

    @strawberry.mutation(description="Take a settlement back; its month can be settled anew then.")
    @answers(SettlementPayload)
    async def reverse_settlement(
        self, info: Info, id: strawberry.ID, reason: str, idempotency_key: str | None = None
    ) -> SettlementPayload:
        """Reverse a settlement."""
        async with info.context.writing() as uow:
            made = await service.reverse(
                uow,
                settlement_id=local_id(id, "Settlement"),
                reason=reason,
                idempotency_key=idempotency_key,
            )
            return SettlementPayload(settlement=SettlementType.of(made))
