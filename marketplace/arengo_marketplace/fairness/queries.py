"""The GraphQL query of the fairness report."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.fairness import service
from arengo_marketplace.fairness.types import FairnessType


@strawberry.type
class FairnessQuery:
    """The root query of fairness."""

    @strawberry.field(
        description="Whether an offer's cost rule, or another one given as JSON, is fair over the"
        " year ahead. For the consortium's office and its members. Null where there are more than"
        " 14 members and `reckonFairness` has not worked it out from today's figures."
    )
    async def fairness(
        self, info: Info, offer_id: strawberry.ID, rule: str | None = None
    ) -> FairnessType | None:
        """The report."""
        uow = info.context.uow
        async with uow.lock:
            asked = await service.question(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                rule=rule,
            )
            report = await service.answer(uow, asked)
        return FairnessType.of(report) if report else None
