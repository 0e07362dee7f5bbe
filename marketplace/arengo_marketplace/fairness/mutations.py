"""The GraphQL mutation of the fairness report."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.tasks.graphql import TaskPayload, TaskType
from arengo_marketplace.fairness import reckoning


@strawberry.type
class FairnessMutation:
    """Root mutation of fairness."""

    @strawberry.mutation(
        description="Begin to work out whether an offer's cost rule, or another one given as JSON,"
        " is fair; once the task is done, `fairness` answers until the figures change."
    )
    @answers(TaskPayload)
    async def reckon_fairness(
        self, info: Info, offer_id: strawberry.ID, rule: str | None = None
    ) -> TaskPayload:
        """Begin to work a report out."""
        host = info.context.host
        async with info.context.writing() as uow:
            task = await reckoning.begin(
                uow, host, offer_id=local_id(offer_id, "Offer", "offer_id"), rule=rule
            )
        return TaskPayload(task=TaskType.of(host.registry, task))
