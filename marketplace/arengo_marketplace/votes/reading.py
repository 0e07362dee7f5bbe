"""Reading votes: who may see which, their rolls, the ballots that count, how they stand."""

from __future__ import annotations

from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ForbiddenError, NotFoundError
from arengo_marketplace.members import repository as members
from arengo_marketplace.permissions import FIGURES, OFFICE, VOTES
from arengo_marketplace.votes import repository
from arengo_marketplace.votes.counting import Choice, Count, count
from arengo_marketplace.votes.counting import Elector as Weighed
from arengo_marketplace.votes.models import Ballot, Elector, Vote


async def vote_of(uow: UnitOfWork, vote_id: UUID) -> Vote:
    """A vote of a consortium to which the caller's organizations belong. NotFoundError otherwise.

    Drafts are the office's.
    """
    _require_known(uow)
    async with uow.widened(await _consortia(uow)):
        vote = await repository.get(uow.session, vote_id)
    if vote is None or not _may_see(uow, vote):
        raise NotFoundError("There is no such vote.")
    return vote


async def votes_of(
    uow: UnitOfWork, consortium_id: UUID, offer_id: UUID | None = None
) -> list[Vote]:
    """A consortium's votes, the newest first, for its office and its members' people."""
    _require_known(uow)
    if consortium_id not in await _consortia(uow):
        raise ForbiddenError("You may not do this for that organization.")
    async with uow.widened([consortium_id]):
        found = await repository.of_consortium(uow.session, consortium_id, offer_id)
    return [vote for vote in found if _may_see(uow, vote)]


async def roll_of(uow: UnitOfWork, votes: list[Vote]) -> dict[UUID, list[Elector]]:
    """The rolls of votes that the caller was found to see."""
    async with uow.widened(governs={vote.organization_id for vote in votes}):
        return await repository.roll(uow.session, [vote.id for vote in votes])


async def last_ballots(uow: UnitOfWork, votes: list[Vote]) -> dict[UUID, dict[UUID, Ballot]]:
    """The ballots that count, of votes that the caller was found to see."""
    async with uow.widened(governs={vote.organization_id for vote in votes}):
        return await repository.last_ballots(uow.session, [vote.id for vote in votes])


async def counts_of(uow: UnitOfWork, votes: list[Vote]) -> dict[UUID, Count]:
    """How votes stand, or what they came to; drafts have no count."""
    asked = [vote for vote in votes if vote.opened_at is not None]
    rolls, cast_in = await roll_of(uow, asked), await last_ballots(uow, asked)
    return {
        vote.id: count(
            vote.counted_by,
            [Weighed(one.organization_id, one.population) for one in rolls[vote.id]],
            {member: Choice(ballot.choice) for member, ballot in cast_in[vote.id].items()},
        )
        for vote in asked
    }


async def count_of(uow: UnitOfWork, vote: Vote) -> Count:
    """How one vote stands."""
    return (await counts_of(uow, [vote]))[vote.id]


async def waiting_for(uow: UnitOfWork, consortium_id: UUID, member_id: UUID) -> list[Vote]:
    """Open votes in which a member has a ballot and has not cast it; for its voters."""
    if not uow.caller.may(member_id, VOTES):
        return []
    open_now = [vote for vote in await votes_of(uow, consortium_id) if vote.state == "open"]
    rolls, cast_in = await roll_of(uow, open_now), await last_ballots(uow, open_now)
    return [
        vote
        for vote in open_now
        if member_id in {one.organization_id for one in rolls[vote.id]}
        and member_id not in cast_in[vote.id]
    ]


def _require_known(uow: UnitOfWork) -> None:
    if uow.caller.system is None:
        uow.caller.require_known()


def _may_see(uow: UnitOfWork, vote: Vote) -> bool:
    return vote.state != "draft" or uow.caller.may(vote.organization_id, OFFICE)


async def _consortia(uow: UnitOfWork) -> set[UUID]:
    """The consortia whose votes the caller may see: its own office's, and its organizations'."""
    reached = uow.caller.scope
    if uow.caller.system is not None:
        return set(reached.organizations | reached.governs)
    governed = {one for one in reached.governs if uow.caller.may(one, OFFICE)}
    able = [one for one in reached.organizations if uow.caller.may(one, VOTES, FIGURES)]
    return governed | await members.consortia_of(uow.session, able, clock.today())
