"""GraphQL types of pledges."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.money import Money
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.pledges.board import Board, Row
from arengo_marketplace.pledges.evaluation import Missing
from arengo_marketplace.pledges.models import Pledge


@strawberry.type(description="What a pledge's condition still lacks.")
class MissingForPledge:
    """GraphQL face of what is missing."""

    members: int
    inhabitants: int
    cost: MoneyType | None = strawberry.field(
        description="By how much the own yearly cost is above the limit; null where it cannot be"
        " told."
    )

    @classmethod
    def of(cls, missing: Missing, currency: str) -> MissingForPledge:
        """From the domain's."""
        cost = None if missing.cost is None else MoneyType.of(Money(missing.cost, currency))
        return cls(members=missing.members, inhabitants=missing.inhabitants, cost=cost)


@strawberry.type(name="Pledge", description="A member's opt-in to an offer on a condition.")
class PledgeType(Node):
    """GraphQL face of a pledge."""

    member_id: strawberry.ID
    offer_id: strawberry.ID
    state: str = strawberry.field(description="open, kept, withdrawn or expired.")
    least_members: int | None
    least_inhabitants: int | None
    most_yearly_cost: MoneyType | None
    expires_on: date = strawberry.field(description="Its last day.")
    activation_id: strawberry.ID | None = strawberry.field(description="What it became.")

    @classmethod
    def of(cls, row: Pledge, offer: Offer) -> PledgeType:
        """From its row."""
        limit = row.most_yearly_cost
        return cls(
            id=global_id("Pledge", row.id),
            member_id=global_id("Organization", row.organization_id),
            offer_id=global_id("Offer", row.offer_id),
            state=row.state,
            least_members=row.least_members,
            least_inhabitants=row.least_inhabitants,
            most_yearly_cost=None
            if limit is None
            else MoneyType.of(Money(limit, offer.plan.currency)),
            expires_on=row.expires_on,
            activation_id=global_id("Activation", row.activation_id) if row.activation_id else None,
        )


@strawberry.type(description="A pledge among the others of its offer.")
class PledgeStanding:
    """GraphQL face of a row of the board."""

    pledge: PledgeType
    member_name: str
    holds: bool = strawberry.field(description="Whether it starts with the next period.")
    hindrance: str = strawberry.field(description="Why it cannot count now; empty where it can.")
    missing: MissingForPledge | None

    @classmethod
    def of(cls, row: Row, offer: Offer) -> PledgeStanding:
        """From the domain's."""
        currency = offer.plan.currency
        return cls(
            pledge=PledgeType.of(row.pledge, offer),
            member_name=row.member.name if row.member else "—",
            holds=row.holds,
            hindrance=row.hindrance,
            missing=MissingForPledge.of(row.missing, currency) if row.missing else None,
        )


@strawberry.type(description="How the open pledges of an offer stand.")
class PledgeBoard:
    """GraphQL face of a board."""

    starts_on: date = strawberry.field(description="When those that hold become active together.")
    present_members: int = strawberry.field(description="Members who have the service anyway.")
    present_inhabitants: int
    members: int = strawberry.field(description="With all pledges that can count.")
    inhabitants: int
    may_be_larger: bool = strawberry.field(
        description="A limit on cost is among the conditions: the set that holds is perhaps not"
        " the largest."
    )
    pledges: list[PledgeStanding]

    @classmethod
    def of(cls, board: Board) -> PledgeBoard:
        """From the domain's."""
        together = board.together
        return cls(
            starts_on=board.starts_on,
            present_members=board.present.members,
            present_inhabitants=board.present.inhabitants,
            members=together.members,
            inhabitants=together.inhabitants,
            may_be_larger=board.may_be_larger,
            pledges=[PledgeStanding.of(row, board.offer) for row in board.rows],
        )


@strawberry.type
class PledgePayload(Payload):
    """A pledge."""

    pledge: PledgeType | None = None
