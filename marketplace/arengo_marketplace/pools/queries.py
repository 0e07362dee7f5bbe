"""GraphQL queries of cost lines."""

from __future__ import annotations

import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.pools import repository
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.pools.types import CostLineType


@strawberry.type
class PoolsQuery:
    """Root queries of cost pools."""

    @strawberry.field(
        description="Cost lines of a consortium, the latest month first; for its officers."
    )
    async def cost_lines(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        month: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[CostLineType]:
        """A page of cost lines."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, COSTS)
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.page(
                uow.session,
                consortium,
                starts_on=month_named(month).start if month else None,
                after=day_and_id(after),
                limit=size + 1,
            )
        return connection_of(
            [CostLineType.of(row) for row in rows],
            [cursor_at(row.starts_on, row.id) for row in rows],
            size,
        )
