"""GraphQL types of votes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.money import Money
from arengo_marketplace.costs.forecast import Change
from arengo_marketplace.votes.counting import Count, Terms
from arengo_marketplace.votes.figures import Figures
from arengo_marketplace.votes.models import Ballot, Elector, Vote


@strawberry.type(description="How a vote is counted; all but days are per cents.")
class VotingTerms:
    """GraphQL face of terms."""

    weighing: str = strawberry.field(description="heads, population or mixed.")
    head_share: str = strawberry.field(description="The part that goes by members when mixed.")
    quorum: str = strawberry.field(description="The least weight that takes part.")
    majority: str = strawberry.field(description="More than this of the weight for and against.")
    heads: str | None = strawberry.field(description="And more than this of the members.")
    days: int

    @classmethod
    def of(cls, terms: Terms) -> VotingTerms:
        """From the domain's."""
        return cls(**terms.to_json())


@strawberry.input(description="How a vote is counted; what is left out is as the charter says.")
class VotingTermsInput:
    """Terms as given."""

    weighing: str | None = None
    head_share: str | None = None
    quorum: str | None = None
    majority: str | None = None
    heads: str | None = None
    days: int | None = None


@strawberry.type(description="What the last ballots come to; weights are parts of the whole.")
class VoteCount:
    """GraphQL face of a count."""

    electors: int
    voted: int
    yes: str
    no: str
    abstain: str
    turnout: str
    outcome: str = strawberry.field(
        description="passed, rejected or no_quorum: what it would be if it ended now."
    )

    @classmethod
    def of(cls, count: Count) -> VoteCount:
        """From the domain's."""
        return cls(
            electors=count.electors,
            voted=count.voted,
            yes=_shown(count.yes),
            no=_shown(count.no),
            abstain=_shown(count.abstain),
            turnout=_shown(count.turnout),
            outcome=count.outcome.value,
        )


def _shown(part: Fraction) -> str:
    return f"{Decimal(part.numerator) / Decimal(part.denominator):.6f}"


@strawberry.type(description="A member's year by the rules that hold and by the proposed one.")
class VoteChange:
    """GraphQL face of a change."""

    member_id: strawberry.ID
    member_name: str
    population: int | None
    today: MoneyType
    afterwards: MoneyType

    @classmethod
    def of(cls, change: Change) -> VoteChange:
        """From the domain's."""
        return cls(
            member_id=global_id("Organization", change.bearer.organization_id),
            member_name=change.bearer.name,
            population=change.bearer.population,
            today=MoneyType.of(change.today),
            afterwards=MoneyType.of(change.afterwards),
        )


@strawberry.type(description="What a draft would change; openVote takes the digest as seen.")
class VotePreview:
    """GraphQL face of figures."""

    starts_on: date
    ends_on: date
    digest: str
    members: list[VoteChange]

    @classmethod
    def of(cls, figures: Figures) -> VotePreview:
        """From the domain's."""
        return cls(
            starts_on=figures.period.start,
            ends_on=figures.period.end,
            digest=figures.digest,
            members=[VoteChange.of(one) for one in figures.changes],
        )


@strawberry.type(description="A member on a vote's roll, and what it voted last.")
class VoteElector:
    """GraphQL face of an elector."""

    member_id: strawberry.ID
    name: str
    population: int | None
    population_on: date | None
    today: MoneyType
    afterwards: MoneyType
    choice: str | None = strawberry.field(description="yes, no or abstain; null before it voted.")
    cast_for: strawberry.ID | None = strawberry.field(
        description="Whose person voted: its own, a delegate, or the consortium's office."
    )

    @classmethod
    def of(cls, row: Elector, ballot: Ballot | None, currency: str) -> VoteElector:
        """From its row and the ballot that counts."""
        return cls(
            member_id=global_id("Organization", row.organization_id),
            name=row.name,
            population=row.population,
            population_on=row.population_on,
            today=MoneyType.of(Money(row.today, currency)),
            afterwards=MoneyType.of(Money(row.afterwards, currency)),
            choice=ballot.choice if ballot else None,
            cast_for=global_id("Organization", ballot.cast_for)
            if ballot and ballot.cast_for
            else None,
        )


@strawberry.type(name="Vote", description="A vote of the members on an offer's cost rule.")
class VoteType(Node):
    """GraphQL face of a vote."""

    offer_id: strawberry.ID
    state: str = strawberry.field(
        description="draft, open, passed, rejected, no_quorum or withdrawn."
    )
    cost_rule: JSON
    why: str
    valid_from: date
    terms: VotingTerms
    closes_on: date | None = strawberry.field(description="The last day to vote.")
    held_on: date | None = strawberry.field(description="The day of the assembly, if in one.")
    reason: str = strawberry.field(description="Why it was withdrawn.")
    minutes_name: str
    minutes_digest: str = strawberry.field(description="SHA-256 of the minutes.")
    count: VoteCount | None

    @classmethod
    def of(cls, row: Vote, count: Count | None = None) -> VoteType:
        """From its row and its count."""
        return cls(
            id=global_id("Vote", row.id),
            offer_id=global_id("Offer", row.offer_id),
            state=row.state,
            cost_rule=JSON(row.rule),
            why=row.why,
            valid_from=row.valid_from,
            terms=VotingTerms.of(row.counted_by),
            closes_on=row.closes_on,
            held_on=row.held_on,
            reason=row.reason,
            minutes_name=row.minutes_name,
            minutes_digest=row.minutes_digest,
            count=VoteCount.of(count) if count else None,
        )


@strawberry.type
class VotePayload(Payload):
    """A vote."""

    vote: VoteType | None = None
