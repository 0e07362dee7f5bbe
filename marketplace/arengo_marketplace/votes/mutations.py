"""GraphQL mutations of votes."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import local_id
from arengo_core.errors import InvalidInputError
from arengo_marketplace.members import charter
from arengo_marketplace.votes import minutes, reading, service
from arengo_marketplace.votes.types import VotePayload, VoteType, VotingTerms, VotingTermsInput


@strawberry.input(description="What a member voted in an assembly: yes, no or abstain.")
class AssemblyBallot:
    """A ballot of an assembly."""

    member_id: strawberry.ID
    choice: str


@strawberry.type
class VotingTermsPayload(Payload):
    """How votes are counted."""

    terms: VotingTerms | None = None


def _given(terms: VotingTermsInput | None) -> dict[str, Any]:
    values = vars(terms) if terms else {}
    return {name: value for name, value in values.items() if value is not None}


@strawberry.type
class VotesMutation:
    """Root mutations of votes."""

    @strawberry.mutation(
        description="Prepare a vote on another cost rule for an offer whose cost members bear."
    )
    @answers(VotePayload)
    async def draft_vote(
        self,
        info: Info,
        offer_id: strawberry.ID,
        cost_rule: JSON,
        why: str,
        valid_from: date | None = None,
        terms: VotingTermsInput | None = None,
    ) -> VotePayload:
        """Prepare."""
        async with info.context.writing() as uow:
            vote = await service.draft(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                cost_rule=cost_rule,
                why=why,
                valid_from=valid_from,
                terms=_given(terms),
            )
            return VotePayload(vote=VoteType.of(vote))

    @strawberry.mutation(description="Change a draft.")
    @answers(VotePayload)
    async def change_vote(
        self,
        info: Info,
        id: strawberry.ID,
        cost_rule: JSON,
        why: str,
        valid_from: date | None = None,
        terms: VotingTermsInput | None = None,
    ) -> VotePayload:
        """Change."""
        async with info.context.writing() as uow:
            vote = await service.redraft(
                uow,
                info.context.host,
                vote_id=local_id(id, "Vote"),
                cost_rule=cost_rule,
                why=why,
                valid_from=valid_from,
                terms=_given(terms),
            )
            return VotePayload(vote=VoteType.of(vote))

    @strawberry.mutation(
        description="Put a draft before the members; seen is the digest of previewVote."
    )
    @answers(VotePayload)
    async def open_vote(self, info: Info, id: strawberry.ID, seen: str) -> VotePayload:
        """Open."""
        async with info.context.writing() as uow:
            vote = await service.open_vote(
                uow, info.context.host, vote_id=local_id(id, "Vote"), seen=seen
            )
            return VotePayload(vote=VoteType.of(vote, await reading.count_of(uow, vote)))

    @strawberry.mutation(description="Take a draft or an open vote back.")
    @answers(VotePayload)
    async def withdraw_vote(self, info: Info, id: strawberry.ID, reason: str = "") -> VotePayload:
        """Withdraw."""
        async with info.context.writing() as uow:
            vote = await service.withdraw(uow, vote_id=local_id(id, "Vote"), reason=reason)
            return VotePayload(vote=VoteType.of(vote))

    @strawberry.mutation(
        description="Vote for a member: yes, no or abstain; until the end the last one counts."
    )
    @answers(VotePayload)
    async def cast_ballot(
        self, info: Info, id: strawberry.ID, member_id: strawberry.ID, choice: str
    ) -> VotePayload:
        """Vote."""
        async with info.context.writing() as uow:
            vote_id = local_id(id, "Vote")
            await service.cast(
                uow,
                vote_id=vote_id,
                member_id=local_id(member_id, "Organization", "member_id"),
                choice=choice,
            )
            vote = await reading.vote_of(uow, vote_id)
            return VotePayload(vote=VoteType.of(vote, await reading.count_of(uow, vote)))

    @strawberry.mutation(
        description="Record what members voted in an assembly, and count it; its minutes are"
        " attached before."
    )
    @answers(VotePayload)
    async def record_assembly(
        self, info: Info, id: strawberry.ID, held_on: date, ballots: list[AssemblyBallot]
    ) -> VotePayload:
        """Record."""
        async with info.context.writing() as uow:
            vote = await service.record_assembly(
                uow,
                info.context.host,
                vote_id=local_id(id, "Vote"),
                held_on=held_on,
                ballots={
                    local_id(one.member_id, "Organization", "member_id"): one.choice
                    for one in ballots
                },
            )
            return VotePayload(vote=VoteType.of(vote, await reading.count_of(uow, vote)))

    @strawberry.mutation(description="Attach the minutes (a PDF or p7m file, as base64).")
    @answers(VotePayload)
    async def attach_minutes(
        self, info: Info, id: strawberry.ID, name: str, content: str
    ) -> VotePayload:
        """Attach."""
        vote_id = local_id(id, "Vote")
        async with info.context.writing() as uow:
            await minutes.require_attaching(uow, vote_id)
        try:
            data = base64.b64decode(content, validate=True)
        except binascii.Error:
            raise InvalidInputError("This is not base64.", field="content") from None
        async with minutes.written(info.context.host, data) as file, info.context.writing() as uow:
            vote = await minutes.attach(uow, vote_id=vote_id, name=name, file=file)
            return VotePayload(vote=VoteType.of(vote, await reading.count_of(uow, vote)))

    @strawberry.mutation(description="Count a vote that is over, or in which all have voted.")
    @answers(VotePayload)
    async def close_vote(self, info: Info, id: strawberry.ID) -> VotePayload:
        """Count."""
        async with info.context.writing() as uow:
            vote = await service.close(uow, info.context.host, vote_id=local_id(id, "Vote"))
            return VotePayload(vote=VoteType.of(vote, await reading.count_of(uow, vote)))

    @strawberry.mutation(description="Change how a consortium's later votes are counted.")
    @answers(VotingTermsPayload)
    async def change_voting_terms(
        self, info: Info, consortium_id: strawberry.ID, terms: VotingTermsInput
    ) -> VotingTermsPayload:
        """Change the charter's terms."""
        async with info.context.writing() as uow:
            row = await charter.change_voting(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                terms=_given(terms),
            )
            return VotingTermsPayload(terms=VotingTerms(**row.voting))
