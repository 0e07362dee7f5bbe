"""GraphQL types of a month beside the one before, and of how it lies on the inhabitants."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.change_causes import Steps
from arengo_marketplace.costs.comparing import Difference
from arengo_marketplace.costs.lorenz import LorenzCurve
from arengo_marketplace.months import month_key
from arengo_marketplace.settlements.comparison import (
    Comparison,
    Month,
    Place,
    beside_last,
    lorenz,
    places_of,
)
from arengo_marketplace.settlements.showing import CAUSES


@strawberry.type(description="An amount beside the one of the month before.")
class AmountDifference:
    """GraphQL face of a difference."""

    before: MoneyType | None = strawberry.field(description="Null where there was none.")
    now: MoneyType | None = strawberry.field(description="Null where there is none.")
    difference: MoneyType
    per_cent: Decimal | None = strawberry.field(description="Null where nothing was paid before.")

    @classmethod
    def of(cls, one: Difference) -> AmountDifference:
        """From the reckoned one."""
        return cls(
            before=None if one.before is None else MoneyType.cents(one.before),
            now=None if one.now is None else MoneyType.cents(one.now),
            difference=MoneyType.cents(one.amount),
            per_cent=one.per_cent,
        )


@strawberry.type(description="A part of a difference and what made it.")
class DifferenceCause:
    """GraphQL face of a step."""

    cause: str
    words: str
    amount: MoneyType

    @classmethod
    def of(cls, steps: Steps) -> list[DifferenceCause]:
        """From the steps; they add up to the difference."""
        return [
            cls(cause=cause.value, words=gettext(CAUSES[cause]), amount=MoneyType.cents(amount))
            for cause, amount in steps.items()
        ]


@strawberry.type(description="A service's month beside the one before.")
class ServiceDifference:
    """GraphQL face of an offer's difference."""

    offer_id: strawberry.ID
    title: str
    amounts: AmountDifference
    causes: list[DifferenceCause] = strawberry.field(
        description="They add up to the difference, to the cent."
    )

    @classmethod
    def each(
        cls,
        offers: Mapping[UUID, Difference],
        parts: Mapping[UUID, Steps],
        titles: Mapping[UUID, str],
    ) -> list[ServiceDifference]:
        """From differences by offer, and the causes of each."""
        return [
            cls(
                offer_id=global_id("Offer", offer),
                title=titles[offer],
                amounts=AmountDifference.of(one),
                causes=DifferenceCause.of(parts.get(offer, {})),
            )
            for offer, one in offers.items()
        ]


@strawberry.type(name="MemberDifference", description="A member's month beside the one before.")
class MemberDifferenceType:
    """GraphQL face of a member's difference."""

    organization_id: strawberry.ID
    name: str
    amounts: AmountDifference
    services: list[ServiceDifference]
    causes: list[DifferenceCause] = strawberry.field(
        description="They add up to the difference, to the cent."
    )


@strawberry.type(description="A month beside the last one closed before it.")
class MonthComparison:
    """GraphQL face of a comparison."""

    settlement_id: strawberry.ID = strawberry.field(description="The last one closed.")
    month: str = strawberry.field(description="The last one closed, as `2026-09`.")
    amounts: AmountDifference
    causes: list[DifferenceCause] = strawberry.field(
        description="They add up to the difference, to the cent."
    )
    services: list[ServiceDifference]
    members: list[MemberDifferenceType]

    @classmethod
    def of(cls, comparison: Comparison) -> MonthComparison:
        """From the comparison."""
        compared, titles = comparison.compared, comparison.titles
        return cls(
            settlement_id=global_id("Settlement", comparison.last.id),
            month=month_key(comparison.last.period),
            amounts=AmountDifference.of(compared.whole),
            causes=DifferenceCause.of(compared.causes),
            services=ServiceDifference.each(compared.offers, compared.parts, titles),
            members=[
                MemberDifferenceType(
                    organization_id=global_id("Organization", member),
                    name=comparison.names.get(member, ""),
                    amounts=AmountDifference.of(one.whole),
                    services=ServiceDifference.each(one.offers, one.parts, titles),
                    causes=DifferenceCause.of(one.causes),
                )
                for member, one in compared.members.items()
            ],
        )


@strawberry.type(description="All municipalities up to one, those that pay least per head first.")
class LorenzPoint:
    """GraphQL face of a point of the curve."""

    organization_id: strawberry.ID
    inhabitants: float = strawberry.field(description="Their part of all inhabitants, 0 to 1.")
    cost: float = strawberry.field(description="Their part of the cost, 0 to 1.")


@strawberry.type(
    name="LorenzCurve", description="How evenly a month's cost lies on the inhabitants."
)
class LorenzCurveType:
    """GraphQL face of the curve."""

    gini: Decimal = strawberry.field(
        description="0 where everybody pays the same per inhabitant, towards 1 where one pays all."
    )
    points: list[LorenzPoint]

    @classmethod
    def of(cls, one: LorenzCurve) -> LorenzCurveType:
        """From the reckoned one."""
        return cls(
            gini=one.gini,
            points=[
                LorenzPoint(
                    organization_id=global_id("Organization", point.payer.organization_id),
                    inhabitants=float(point.inhabitants),
                    cost=float(point.cost),
                )
                for point in one.points
            ],
        )


@strawberry.type(description="What a municipality pays, for a map.")
class MapShare:
    """GraphQL face of a place."""

    organization_id: strawberry.ID
    istat_code: str | None
    name: str
    inhabitants: int
    amount: MoneyType
    per_inhabitant: MoneyType

    @classmethod
    def of(cls, place: Place) -> MapShare:
        """From the place, which has inhabitants."""
        payer, amount = place.payer, Money(place.payer.amount)
        each = per_inhabitant(amount, payer.population)
        assert each is not None
        return cls(
            organization_id=global_id("Organization", payer.organization_id),
            istat_code=place.istat_code,
            name=payer.name,
            inhabitants=payer.population,
            amount=MoneyType.of(amount),
            per_inhabitant=MoneyType.of(each),
        )


@strawberry.type(description="What the charts of a month show.")
class MonthFigures:
    """GraphQL face of a draft's or a settlement's charts."""

    month: strawberry.Private[Month]

    @strawberry.field(
        description="Beside the last month closed before; null where none is, and of a reversal."
    )
    async def comparison(self, info: Info) -> MonthComparison | None:
        """The comparison."""
        uow = info.context.uow
        async with uow.lock:
            found = await beside_last(uow, info.context.host, self.month)
        return MonthComparison.of(found) if found else None

    @strawberry.field(
        description="How evenly it lies on the inhabitants; null of a reversal and of credits."
    )
    async def lorenz(self, info: Info) -> LorenzCurveType | None:
        """The curve."""
        found = lorenz(await self._places(info))
        return LorenzCurveType.of(found) if found else None

    @strawberry.field(description="What each municipality pays; nothing of a reversal.")
    async def per_inhabitant(self, info: Info) -> list[MapShare]:
        """The figures of the map."""
        return [MapShare.of(place) for place in await self._places(info)]

    async def _places(self, info: Info) -> list[Place]:
        uow = info.context.uow
        async with uow.lock:
            return await places_of(uow, self.month)
