"""GraphQL queries of public budgets."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_core.errors import NotFoundError
from arengo_marketplace.budget.types import PublicBudgetType
from arengo_marketplace.budget.year import year_of


@strawberry.type
class BudgetQuery:
    """Root queries of public budgets."""

    @strawberry.field(
        description="A year of a consortium's public budget, the latest unless named;"
        " null where it publishes none."
    )
    async def public_budget(
        self, info: Info, consortium_id: strawberry.ID, year: int | None = None
    ) -> PublicBudgetType | None:
        """A budget."""
        uow = info.context.uow
        async with uow.lock:
            try:
                budget = await year_of(
                    uow, local_id(consortium_id, "Organization", "consortium_id"), year
                )
            except NotFoundError:
                return None
        return PublicBudgetType.of(budget)
