"""Tables of votes: what is proposed, who may vote, and every ballot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.votes.counting import Terms

STATES = ("draft", "open", "passed", "rejected", "no_quorum", "withdrawn")


class Vote(MarketplaceBase, Identified, Owned, Stamped):
    """A vote on an offer's cost rule; its tenant is the consortium that calls it.

    ``state``: ``draft``; ``open`` until the end of ``closes_on``; then what it came to, or
    ``withdrawn``. ``terms`` say how it is counted. ``digest`` is the SHA-256 of the figures that
    the office saw before it opened the vote. Minutes are a kept file with its name and SHA-256;
    ``held_on`` is the day of an assembly whose ballots the office recorded.
    """

    __tablename__ = "vote"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(
            "uq_vote_open",
            "offer_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint(f"state in {STATES}", "state"),
        CheckConstraint("extract(day from valid_from) = 1", "valid_from"),
        CheckConstraint("state in ('draft', 'withdrawn') or opened_at is not null", "opened"),
        personal=Personal(
            ("made_by", "decided_by"),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="made_by",
        ),
    )

    offer_id: Mapped[UUID]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[str]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default="draft")
    digest: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID | None]
    opened_at: Mapped[datetime | None]
    closes_on: Mapped[date | None]
    reminded_at: Mapped[datetime | None]
    held_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    minutes_id: Mapped[UUID | None]
    minutes_name: Mapped[str] = mapped_column(default="")
    minutes_digest: Mapped[str] = mapped_column(default="")

    @property
    def counted_by(self) -> Terms:
        """How it is counted."""
        return Terms.of(self.terms)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it can change any more but its minutes."""
        return self.state not in {"draft", "open"}


class Elector(MarketplaceBase, Identified, Shared, Stamped):
    """A member on the roll of a vote, as it was when the vote was opened.

    ``today`` and ``afterwards`` are what it pays in the year ahead by either rule, in minor units,
    as it was told; ``population`` is pinned with the day it is of.
    """

    __tablename__ = "elector"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index("uq_elector_vote", "vote_id", "organization_id", unique=True),
        append_only=True,
    )

    vote_id: Mapped[UUID]
    name: Mapped[str]
    population: Mapped[int | None]
    population_on: Mapped[date | None]
    today: Mapped[int] = mapped_column(BigInteger)
    afterwards: Mapped[int] = mapped_column(BigInteger)


class Ballot(MarketplaceBase, Identified, Shared, Stamped):
    """What a member voted, one row each time; the last one of a member (by ``place``) counts.

    ``cast_for`` is the organization whose person did it: the member itself, another by delegation,
    or the consortium where the office recorded what was voted in a room.
    """

    __tablename__ = "ballot"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index("uq_ballot_place", "vote_id", "organization_id", "place", unique=True),
        CheckConstraint("choice in ('yes', 'no', 'abstain')", "choice"),
        append_only=True,
        personal=Personal(
            ("cast_by",),
            N_("People with an account"),
            N_("To say who voted for a member"),
            IDS_ALONE,
            by_user="cast_by",
        ),
    )

    vote_id: Mapped[UUID]
    place: Mapped[int]
    choice: Mapped[str]
    cast_by: Mapped[UUID | None]
    cast_for: Mapped[UUID | None]
