"""Queries on votes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.votes.models import Ballot, Elector, Vote


async def get(session: AsyncSession, vote_id: UUID) -> Vote | None:
    """A vote in scope."""
    return await session.get(Vote, vote_id)


async def locked(session: AsyncSession, vote_id: UUID) -> Vote | None:
    """A vote in scope, locked for its next change and read anew."""
    statement = select(Vote).where(Vote.id == vote_id).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def of_consortium(
    session: AsyncSession, consortium_id: UUID, offer_id: UUID | None = None
) -> Sequence[Vote]:
    """Votes of a consortium, or of one offer of it, the newest first."""
    statement = select(Vote).where(Vote.organization_id == consortium_id)
    if offer_id is not None:
        statement = statement.where(Vote.offer_id == offer_id)
    return (await session.execute(statement.order_by(Vote.id.desc()))).scalars().all()


async def open_of_offer(session: AsyncSession, consortium_id: UUID, offer_id: UUID) -> Vote | None:
    """The vote on an offer's rule that is under way."""
    statement = select(Vote).where(
        Vote.organization_id == consortium_id, Vote.offer_id == offer_id, Vote.state == "open"
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def due(session: AsyncSession, consortium_id: UUID, today: date) -> Sequence[Vote]:
    """Open votes of a consortium whose last day is over."""
    statement = select(Vote).where(
        Vote.organization_id == consortium_id, Vote.state == "open", Vote.closes_on < today
    )
    return (await session.execute(statement.order_by(Vote.id))).scalars().all()


async def to_remind(session: AsyncSession, consortium_id: UUID, until: date) -> Sequence[Vote]:
    """Open votes that close by a day and of which nobody was reminded."""
    statement = select(Vote).where(
        Vote.organization_id == consortium_id,
        Vote.state == "open",
        Vote.closes_on <= until,
        Vote.reminded_at.is_(None),
    )
    return (await session.execute(statement.order_by(Vote.id))).scalars().all()


async def roll(session: AsyncSession, vote_ids: Collection[UUID]) -> dict[UUID, list[Elector]]:
    """Who may vote, by vote; each roll by name."""
    statement = select(Elector).where(Elector.vote_id.in_(vote_ids))
    found: dict[UUID, list[Elector]] = {vote_id: [] for vote_id in vote_ids}
    for row in (await session.execute(statement.order_by(Elector.name, Elector.id))).scalars():
        found[row.vote_id].append(row)
    return found


async def last_ballots(
    session: AsyncSession, vote_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, Ballot]]:
    """The ballot of each member that counts, by vote and member."""
    statement = (
        select(Ballot)
        .where(Ballot.vote_id.in_(vote_ids))
        .ext(distinct_on(Ballot.vote_id, Ballot.organization_id))
        .order_by(Ballot.vote_id, Ballot.organization_id, Ballot.place.desc())
    )
    found: dict[UUID, dict[UUID, Ballot]] = {vote_id: {} for vote_id in vote_ids}
    for row in (await session.execute(statement)).scalars():
        found[row.vote_id][row.organization_id] = row
    return found


async def ballots(session: AsyncSession, vote_id: UUID) -> Sequence[Ballot]:
    """Every ballot of a vote, in the order in which they were cast."""
    statement = select(Ballot).where(Ballot.vote_id == vote_id).order_by(Ballot.id)
    return (await session.execute(statement)).scalars().all()


async def cast_so_far(session: AsyncSession, vote_id: UUID) -> dict[UUID, int]:
    """How many ballots each member has cast in a vote."""
    statement = (
        select(Ballot.organization_id, func.count())
        .where(Ballot.vote_id == vote_id)
        .group_by(Ballot.organization_id)
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}
