"""GraphQL mutations of prices."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.offers import prices
from arengo_marketplace.offers.price_types import PriceChangePayload, PriceChangeType
from arengo_marketplace.offers.types import OfferType
from arengo_marketplace.pools.service import month_named


@strawberry.type
class PricesMutation:
    """Root mutations of prices."""

    @strawberry.mutation(
        description="Set an offer's price from a month (`2027-01`) that has not begun and tell the"
        " members by how much; a dry run only says what it would change for each."
    )
    @answers(PriceChangePayload)
    async def change_price(
        self,
        info: Info,
        offer_id: strawberry.ID,
        month: str,
        price_plan: JSON,
        note: str = "",
        dry_run: bool = False,
    ) -> PriceChangePayload:
        """Change a price."""
        async with info.context.writing() as uow:
            made = await (prices.preview if dry_run else prices.change)(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                price_plan=price_plan,
                month=month_named(month),
                note=note,
            )
            return PriceChangePayload(
                price_change=PriceChangeType.of(made), offer=OfferType.of(made.offer)
            )

    @strawberry.mutation(
        description="Take back a price that is not valid yet; the members are told."
    )
    @answers(PriceChangePayload)
    async def withdraw_price_change(
        self, info: Info, offer_id: strawberry.ID, month: str
    ) -> PriceChangePayload:
        """Withdraw a price."""
        async with info.context.writing() as uow:
            offer = await prices.withdraw(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                month=month_named(month),
            )
            return PriceChangePayload(offer=OfferType.of(offer))
