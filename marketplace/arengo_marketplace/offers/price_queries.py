"""GraphQL queries of changes of a price."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.offers import prices
from arengo_marketplace.offers.price_types import PriceChangeType


@strawberry.type
class PricesQuery:
    """Root queries of prices."""

    @strawberry.field(
        description="The prices of an offer to come, the next first, and what each changes for the"
        " members; for the member's officers and the consortium's."
    )
    async def coming_prices(
        self, info: Info, offer_id: strawberry.ID, member_id: strawberry.ID
    ) -> list[PriceChangeType]:
        """Changes to come."""
        uow = info.context.uow
        async with uow.lock:
            found = await prices.coming_for(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                member_id=local_id(member_id, "Organization", "member_id"),
            )
        return [PriceChangeType.of(one) for one in found]
