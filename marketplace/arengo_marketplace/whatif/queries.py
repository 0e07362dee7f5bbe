"""GraphQL queries of what-if questions."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.whatif import service
from arengo_marketplace.whatif.types import WhatIfChange, WhatIfType


@strawberry.type
class WhatIfQuery:
    """Root queries of what-if questions."""

    @strawberry.field(
        description="What the year ahead would cost every member if all of these changes were"
        " made. For the consortium's office and its members. Nothing is written."
    )
    async def what_if(
        self, info: Info, consortium_id: strawberry.ID, changes: list[WhatIfChange]
    ) -> WhatIfType:
        """The answer."""
        uow = info.context.uow
        async with uow.lock:
            answer = await service.ask(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                asked=[change.asked() for change in changes],
            )
        return WhatIfType.of(answer)
