"""GraphQL types of what-if questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from arengo_core.api.scalars import MoneyType, global_id, local_id
from arengo_core.errors import InvalidInputError
from arengo_marketplace.costs.what_if import ChangeKind, MemberChange, OfferChange
from arengo_marketplace.whatif.service import Answer, Asked

strawberry.enum(ChangeKind, name="WhatIfKind", description="What a change is about.")


@strawberry.input(description="One change to try. Nothing of it is written.")
class WhatIfChange:
    """The domain's, by ids as GraphQL gives them."""

    kind: ChangeKind
    offer_id: strawberry.ID | None = None
    member_id: strawberry.ID | None = None
    starts_on: date | None = strawberry.field(
        default=None, description="First day of a month of the year ahead; its first if not given."
    )
    rule: str | None = strawberry.field(default=None, description="A cost rule, as JSON.")
    plan: str | None = strawberry.field(default=None, description="A price plan, as JSON.")
    meter: str | None = None
    factor: str | None = strawberry.field(
        default=None, description="How many times today's use, as a decimal."
    )

    grant_id: strawberry.ID | None = strawberry.field(
        default=None, description="The grant that ends; all if not given."
    )

    def asked(self) -> Asked:
        """The domain's. InvalidInputError names a field."""
        factor = None
        if self.factor is not None:
            try:
                factor = Decimal(self.factor)
            except ArithmeticError:
                raise InvalidInputError(
                    "{value} is not a number.", field="factor", value=self.factor[:20]
                ) from None
        return Asked(
            kind=self.kind,
            offer_id=local_id(self.offer_id, "Offer", "offer_id") if self.offer_id else None,
            member_id=local_id(self.member_id, "Organization", "member_id")
            if self.member_id
            else None,
            on=self.starts_on,
            rule=self.rule,
            plan=self.plan,
            meter=self.meter or "",
            factor=factor,
            grant_id=local_id(self.grant_id, "Funding", "grant_id") if self.grant_id else None,
        )


@strawberry.type(description="What an offer's year costs, today and afterwards.")
class OfferYearChange:
    """One offer's part."""

    offer_id: strawberry.ID
    service: str
    today: MoneyType
    afterwards: MoneyType

    @classmethod
    def of(cls, change: OfferChange, services: Mapping[UUID, str]) -> OfferYearChange:
        """From the domain's."""
        return cls(
            offer_id=global_id("Offer", change.offer),
            service=services[change.offer],
            today=MoneyType.of(change.today),
            afterwards=MoneyType.of(change.afterwards),
        )


@strawberry.type(description="A member's year over all offers, today and afterwards.")
class MemberYearChange:
    """One member's part."""

    member_id: strawberry.ID
    name: str
    today: MoneyType
    afterwards: MoneyType
    difference: MoneyType
    per_inhabitant_today: MoneyType | None
    per_inhabitant_afterwards: MoneyType | None
    offers: list[OfferYearChange]

    @classmethod
    def of(cls, change: MemberChange, services: Mapping[UUID, str]) -> MemberYearChange:
        """From the domain's."""
        before, after = change.per_inhabitant_today, change.per_inhabitant_afterwards
        return cls(
            member_id=global_id("Organization", change.bearer.organization_id),
            name=change.bearer.name,
            today=MoneyType.of(change.today),
            afterwards=MoneyType.of(change.afterwards),
            difference=MoneyType.of(change.difference),
            per_inhabitant_today=MoneyType.of(before) if before is not None else None,
            per_inhabitant_afterwards=MoneyType.of(after) if after is not None else None,
            offers=[OfferYearChange.of(one, services) for one in change.offers],
        )


@strawberry.type(name="WhatIf", description="The year ahead with and without some changes.")
class WhatIfType:
    """GraphQL face of an answer."""

    starts_on: date
    ends_on: date
    today: MoneyType
    afterwards: MoneyType
    offers: list[OfferYearChange]
    members: list[MemberYearChange]

    @classmethod
    def of(cls, answer: Answer) -> WhatIfType:
        """From the domain's."""
        services = {offer.id: offer.service for offer in answer.offers}
        return cls(
            starts_on=answer.period.start,
            ends_on=answer.period.end,
            today=MoneyType.of(answer.figures.today),
            afterwards=MoneyType.of(answer.figures.afterwards),
            offers=[OfferYearChange.of(one, services) for one in answer.figures.offers],
            members=[MemberYearChange.of(one, services) for one in answer.figures.members],
        )
