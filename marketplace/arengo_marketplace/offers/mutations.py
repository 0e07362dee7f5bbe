"""GraphQL mutations of offers."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.offers import service
from arengo_marketplace.offers.types import OfferPayload, OfferTerms, OfferType


def _terms(terms: OfferTerms) -> dict[str, Any]:
    return {
        "price_plan": terms.price_plan,
        "cost_rule": terms.cost_rule,
        "cost_bearers": terms.cost_bearers,
        "needs_approval": terms.needs_approval,
        "covers_merchants": terms.covers_merchants,
        "fees": [{"meter": f.meter, "rate": f.rate, "label": f.label} for f in terms.fees],
        "note": terms.note,
    }


@strawberry.type
class OffersMutation:
    """Root mutations of offers."""

    @strawberry.mutation(description="Put a service up for the members of a consortium.")
    @answers(OfferPayload)
    async def create_offer(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        service_key: str,
        terms: OfferTerms,
        valid_from: date | None = None,
    ) -> OfferPayload:
        """Create an offer."""
        async with info.context.writing() as uow:
            offer = await service.create(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                service=service_key,
                valid_from=valid_from,
                **_terms(terms),
            )
            return OfferPayload(offer=OfferType.of(offer))

    @strawberry.mutation(description="Change an offer's terms, for months not settled yet.")
    @answers(OfferPayload)
    async def change_offer(self, info: Info, id: strawberry.ID, terms: OfferTerms) -> OfferPayload:
        """Change an offer."""
        async with info.context.writing() as uow:
            offer = await service.change(
                uow, info.context.host, offer_id=local_id(id, "Offer"), **_terms(terms)
            )
            return OfferPayload(offer=OfferType.of(offer))

    @strawberry.mutation(description="Let nobody else activate an offer.")
    @answers(OfferPayload)
    async def withdraw_offer(self, info: Info, id: strawberry.ID) -> OfferPayload:
        """Withdraw an offer."""
        async with info.context.writing() as uow:
            offer = await service.withdraw(uow, offer_id=local_id(id, "Offer"))
            return OfferPayload(offer=OfferType.of(offer))
