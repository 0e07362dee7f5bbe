"""GraphQL mutations of cost lines."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import MoneyType, global_id, local_id
from arengo_core.tasks.graphql import TaskPayload, TaskType
from arengo_marketplace.pools import csv_import, importing, planned, rests, service
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.pools.types import (
    CostLineInput,
    CostLinePayload,
    CostLinesPayload,
    CostLineType,
    ImportFault,
    ImportPayload,
)


@strawberry.type
class PoolsMutation:
    """Root mutations of cost pools."""

    @strawberry.mutation(description="Enter a cost, fee or grant of an offer in a month.")
    @answers(CostLinePayload)
    async def add_cost_line(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        line: CostLineInput,
        idempotency_key: str | None = None,
    ) -> CostLinePayload:
        """Enter a line."""
        async with info.context.writing() as uow:
            row = await service.add_once(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                data=line.data(),
                idempotency_key=idempotency_key,
            )
            return CostLinePayload(cost_line=CostLineType.of(row))

    @strawberry.mutation(description="Correct a cost line while its month is open.")
    @answers(CostLinePayload)
    async def update_cost_line(
        self, info: Info, id: strawberry.ID, line: CostLineInput
    ) -> CostLinePayload:
        """Correct a line."""
        async with info.context.writing() as uow:
            row = await service.change(uow, line_id=local_id(id, "CostLine"), data=line.data())
            return CostLinePayload(cost_line=CostLineType.of(row))

    @strawberry.mutation(description="Take a cost line out while its month is open.")
    @answers(CostLinePayload)
    async def remove_cost_line(self, info: Info, id: strawberry.ID) -> CostLinePayload:
        """Remove a line."""
        async with info.context.writing() as uow:
            row = await service.remove(uow, line_id=local_id(id, "CostLine"))
            return CostLinePayload(cost_line=CostLineType.of(row))

    @strawberry.mutation(
        description="Have a line of its own bear what a spread cost leaves from a month on: due in"
        " that month, or in equal parts up to the last month; of the same offer, or of another."
        " Removing that line takes it back."
    )
    @answers(CostLinePayload)
    async def move_rest_of_cost(
        self,
        info: Info,
        id: strawberry.ID,
        month: str,
        last_month: str | None = None,
        offer_id: strawberry.ID | None = None,
        idempotency_key: str | None = None,
    ) -> CostLinePayload:
        """Move the rest of a line."""
        async with info.context.writing() as uow:
            row = await rests.move_rest(
                uow,
                line_id=local_id(id, "CostLine"),
                month=month_named(month),
                offer_id=local_id(offer_id, "Offer", "offer_id") if offer_id else None,
                last_month=month_named(last_month, "last_month").start if last_month else None,
                idempotency_key=idempotency_key,
            )
            return CostLinePayload(cost_line=CostLineType.of(row))

    @strawberry.mutation(
        description="Write what the price plans give for a month, where no cost was entered."
    )
    @answers(CostLinesPayload)
    async def fill_cost_lines(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        month: str,
        offer_id: strawberry.ID | None = None,
    ) -> CostLinesPayload:
        """Fill in a month."""
        async with info.context.writing() as uow:
            filled = await planned.fill_in(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                month=month_named(month),
                offer_id=local_id(offer_id, "Offer", "offer_id") if offer_id else None,
            )
            return CostLinesPayload(
                cost_lines=[CostLineType.of(row) for row in filled.lines],
                left_alone=[global_id("Offer", offer.id) for offer in filled.left_alone],
            )

    @strawberry.mutation(
        description="Enter every line of a CSV file, or none; a dry run only says what it holds."
    )
    @answers(ImportPayload)
    async def import_cost_lines(
        self, info: Info, consortium_id: strawberry.ID, csv: str, dry_run: bool = False
    ) -> ImportPayload:
        """Import a file."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        async with info.context.writing() as uow:
            reading = await csv_import.read(uow, consortium_id=consortium, text=csv)
            entered = 0
            if not dry_run and not reading.faults:
                rows = await csv_import.import_csv(uow, consortium_id=consortium, text=csv)
                entered = len(rows)
            return ImportPayload(
                entered=entered,
                readable=len(reading.lines),
                total=MoneyType.of(reading.total),
                faults=[ImportFault.of(fault) for fault in reading.faults],
            )

    @strawberry.mutation(
        description="Begin to enter every line of a CSV file, or none; the task tells how far."
    )
    @answers(TaskPayload)
    async def begin_cost_import(
        self, info: Info, consortium_id: strawberry.ID, csv: str
    ) -> TaskPayload:
        """Begin to import a file."""
        async with info.context.writing() as uow:
            task = await importing.begin(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                text=csv,
            )
        return TaskPayload(task=TaskType.of(info.context.host.registry, task))
