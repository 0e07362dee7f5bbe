"""GraphQL queries of pledges."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.pledges import board
from arengo_marketplace.pledges.types import PledgeBoard


@strawberry.type
class PledgesQuery:
    """Root queries of pledges."""

    @strawberry.field(
        description="How the pledges of an offer stand; for the consortium's office and members."
    )
    async def pledges(self, info: Info, offer_id: strawberry.ID) -> PledgeBoard:
        """The board of an offer."""
        uow = info.context.uow
        async with uow.lock:
            found = await board.board(
                uow, info.context.host, local_id(offer_id, "Offer", "offer_id")
            )
        return PledgeBoard.of(found)
