"""GraphQL mutations of public budgets."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.budget import publishing
from arengo_marketplace.budget.types import BudgetPayload


@strawberry.type
class BudgetMutation:
    """Root mutations of public budgets."""

    @strawberry.mutation(
        description="Publish a consortium's budget, or take it off its public page."
    )
    @answers(BudgetPayload)
    async def publish_budget(
        self, info: Info, consortium_id: strawberry.ID, publishes: bool
    ) -> BudgetPayload:
        """Switch it."""
        async with info.context.writing() as uow:
            return BudgetPayload(
                publishes=await publishing.switch(
                    uow,
                    consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                    publishes=publishes,
                )
            )
