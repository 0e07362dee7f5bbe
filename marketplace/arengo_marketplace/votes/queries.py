"""GraphQL queries of votes."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.offers import service as offers
from arengo_marketplace.permissions import OFFERS
from arengo_marketplace.votes import reading
from arengo_marketplace.votes.figures import figures_of
from arengo_marketplace.votes.types import VoteElector, VotePreview, VoteType


@strawberry.type
class VotesQuery:
    """Root queries of votes."""

    @strawberry.field(
        description="A consortium's votes on cost rules, the newest first; for its office and"
        " members. Drafts are the office's."
    )
    async def votes(self, info: Info, consortium_id: strawberry.ID) -> list[VoteType]:
        """Votes."""
        uow = info.context.uow
        async with uow.lock:
            rows = await reading.votes_of(
                uow, local_id(consortium_id, "Organization", "consortium_id")
            )
            counts = await reading.counts_of(uow, rows)
        return [VoteType.of(row, counts.get(row.id)) for row in rows]

    @strawberry.field(description="The roll of a vote, by name, with what each voted last.")
    async def vote_roll(self, info: Info, id: strawberry.ID) -> list[VoteElector]:
        """The roll."""
        uow = info.context.uow
        async with uow.lock:
            vote = await reading.vote_of(uow, local_id(id, "Vote"))
            offer = await offers.offer_of(uow, vote.offer_id)
            roll = (await reading.roll_of(uow, [vote]))[vote.id]
            cast_in = (await reading.last_ballots(uow, [vote]))[vote.id]
        currency = offer.plan.currency
        return [VoteElector.of(one, cast_in.get(one.organization_id), currency) for one in roll]

    @strawberry.field(
        description="Each member's year by today's rules and by the proposed one; for the office."
    )
    async def preview_vote(self, info: Info, id: strawberry.ID) -> VotePreview:
        """The figures."""
        uow = info.context.uow
        async with uow.lock:
            vote = await reading.vote_of(uow, local_id(id, "Vote"))
            uow.caller.require(vote.organization_id, OFFERS)
            offer = await offers.offer_of(uow, vote.offer_id)
            return VotePreview.of(await figures_of(uow, info.context.host, vote, offer))
