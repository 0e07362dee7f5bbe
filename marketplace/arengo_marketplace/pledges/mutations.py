"""GraphQL mutations of pledges."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.activations.types import ExpectedUseInput, forecast_of
from arengo_marketplace.members.types import NamedValue
from arengo_marketplace.offers import service as offers
from arengo_marketplace.pledges import service
from arengo_marketplace.pledges.evaluation import Terms
from arengo_marketplace.pledges.types import PledgePayload, PledgeType


@strawberry.input(description="On what condition a member comes: all that is given must be true.")
class PledgeTerms:
    """A condition."""

    members: int | None = strawberry.field(default=None, description="At least so many members.")
    inhabitants: int | None = strawberry.field(
        default=None, description="At least so many inhabitants."
    )
    cost: int | None = strawberry.field(
        default=None,
        description="At most so much a year for the member itself, in minor units of the offer's"
        " currency.",
    )


@strawberry.type
class PledgesMutation:
    """Root mutations of pledges."""

    @strawberry.mutation(
        description="Opt in on a condition; it becomes an activation at the start of a month, with"
        " the others whose condition is met."
    )
    @answers(PledgePayload)
    async def make_pledge(
        self,
        info: Info,
        offer_id: strawberry.ID,
        member_id: strawberry.ID,
        terms: PledgeTerms,
        expires_on: date,
        settings: list[NamedValue] | None = None,
        expected_use: list[ExpectedUseInput] | None = None,
        accepts: list[str] | None = None,
        idempotency_key: str | None = None,
    ) -> PledgePayload:
        """Pledge."""
        async with info.context.writing() as uow:
            offer = await offers.offer_of(uow, local_id(offer_id, "Offer", "offer_id"))
            row = await service.make(
                uow,
                info.context.host,
                offer_id=offer.id,
                member_id=local_id(member_id, "Organization", "member_id"),
                terms=Terms(terms.members, terms.inhabitants, terms.cost),
                expires_on=expires_on,
                settings_values={one.name: one.value for one in settings or []},
                forecast=forecast_of(expected_use),
                accepts=accepts or (),
                idempotency_key=idempotency_key,
            )
            return PledgePayload(pledge=PledgeType.of(row, offer))

    @strawberry.mutation(description="Take an open pledge back.")
    @answers(PledgePayload)
    async def withdraw_pledge(self, info: Info, id: strawberry.ID) -> PledgePayload:
        """Withdraw."""
        async with info.context.writing() as uow:
            row = await service.withdraw(uow, pledge_id=local_id(id, "Pledge"))
            offer = await offers.offer_of(uow, row.offer_id)
            return PledgePayload(pledge=PledgeType.of(row, offer))
