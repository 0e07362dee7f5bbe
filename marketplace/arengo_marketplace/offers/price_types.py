"""GraphQL types of changes of a price."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType
from arengo_marketplace.activations.types import CostChange
from arengo_marketplace.offers.prices import PriceChange
from arengo_marketplace.offers.types import OfferType


@strawberry.type(
    name="PriceChange",
    description="A price from a month on: the twelve months from then, without it and with it.",
)
class PriceChangeType:
    """GraphQL face of a change of price."""

    valid_from: date
    plan: JSON
    note: str
    cost_today: MoneyType = strawberry.field(description="Of all members, without the change.")
    cost_afterwards: MoneyType
    members: list[CostChange] = strawberry.field(description="By name.")

    @classmethod
    def of(cls, made: PriceChange) -> PriceChangeType:
        """From the domain's."""
        return cls(
            valid_from=made.valid_from,
            plan=JSON(made.plan.to_json()),
            note=made.note,
            cost_today=MoneyType.of(made.figures.today.cost),
            cost_afterwards=MoneyType.of(made.figures.afterwards.cost),
            members=[CostChange.of(change) for change in made.changes],
        )


@strawberry.type
class PriceChangePayload(Payload):
    """A change of price and its offer."""

    price_change: PriceChangeType | None = None
    offer: OfferType | None = None
