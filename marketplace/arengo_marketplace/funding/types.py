"""GraphQL types of grants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from arengo_core import clock
from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.errors import InvalidInputError
from arengo_core.money import Money
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding.covering import by_month
from arengo_marketplace.funding.models import FundingUse
from arengo_marketplace.funding.service import Standing
from arengo_marketplace.funding.terms import FundingData, kinds_named, per_named, window_of
from arengo_marketplace.months import month_key
from arengo_marketplace.pools.service import month_named


@strawberry.type(name="FundingMonth", description="What a grant covered in a settled month.")
class FundingMonthType:
    """GraphQL face of a grant's month."""

    month: str = strawberry.field(description="As `2026-09`.")
    amount: MoneyType


@strawberry.type(name="Funding", description="A grant that covers part of certain costs.")
class FundingType(Node):
    """GraphQL face of a grant with what it covered."""

    title: str
    funder: str
    reference: str = strawberry.field(description="The decree, call or project code (CUP).")
    kinds: list[str] = strawberry.field(description="Kinds of cost that it covers; none means all.")
    services: list[str] = strawberry.field(description="Services by key; none means all.")
    rate: Decimal = strawberry.field(description="Per cent of the eligible cost, at most.")
    co_financing: Decimal = strawberry.field(
        description="Per cent of the eligible cost that others than grants bear, at least."
    )
    cap: MoneyType
    period_cap: MoneyType | None
    per: str = strawberry.field(description="What `periodCap` counts in: `month` or `year`.")
    first_month: str
    last_month: str
    report_due_on: date | None
    reported_on: date | None
    place: int = strawberry.field(description="The smaller covers first.")
    note: str
    ended: bool
    used: MoneyType
    left: MoneyType = strawberry.field(description="Of its whole sum.")
    left_this_month: MoneyType = strawberry.field(
        description="What it can cover this month, by all its limits."
    )
    months: list[FundingMonthType] = strawberry.field(description="Reversals taken off.")

    @classmethod
    def of(cls, standing: Standing) -> FundingType:
        """From its standing."""
        row, grant = standing.funding, standing.funding.grant
        return cls(
            id=global_id("Funding", row.id),
            title=row.title,
            funder=row.funder,
            reference=row.reference,
            kinds=row.kinds,
            services=row.services,
            rate=grant.rate,
            co_financing=grant.co_financing,
            cap=MoneyType.cents(row.cap, row.currency),
            period_cap=MoneyType.cents(row.period_cap, row.currency) if row.period_cap else None,
            per=row.per,
            first_month=f"{row.starts_on:%Y-%m}",
            last_month=month_key(Period.months_from(row.ends_on, 1).previous()),
            report_due_on=row.report_due_on,
            reported_on=row.reported_on,
            place=row.place,
            note=row.note,
            ended=row.ended_at is not None,
            used=MoneyType.of(standing.used),
            left=MoneyType.of(standing.left),
            left_this_month=MoneyType.of(standing.left_in(Period.months_from(clock.today(), 1))),
            months=[
                FundingMonthType(month=f"{month:%Y-%m}", amount=MoneyType.cents(amount))
                for month, amount in by_month(standing.used_in).items()
            ],
        )


@strawberry.type(
    name="FundingUse",
    description="What a grant covered of a service in a settlement; negative in a reversal.",
)
class FundingUseType:
    """GraphQL face of a use."""

    settlement_id: strawberry.ID
    offer_id: strawberry.ID
    service: str
    month: str
    amount: MoneyType

    @classmethod
    def of(cls, row: FundingUse) -> FundingUseType:
        """From its row."""
        return cls(
            settlement_id=global_id("Settlement", row.settlement_id),
            offer_id=global_id("Offer", row.offer_id),
            service=row.service,
            month=f"{row.starts_on:%Y-%m}",
            amount=MoneyType.cents(row.amount),
        )


@strawberry.input(description="What a grant says. Amounts are in minor units.")
class FundingInput:
    """A grant to record."""

    title: str
    rate: Decimal = strawberry.field(description="Per cent of the eligible cost.")
    cap: int
    first_month: str = strawberry.field(description="As `2026-09`.")
    last_month: str
    funder: str = ""
    reference: str = ""
    kinds: list[str] = strawberry.field(
        default_factory=list[str], description="`fixed`, `usage`, `one_off`; none means all."
    )
    services: list[str] = strawberry.field(
        default_factory=list[str], description="Services by key; none means all."
    )
    period_cap: int | None = None
    per: str = strawberry.field(default="year", description="`month` or `year`.")
    co_financing: Decimal = Decimal(0)
    report_due_on: date | None = None
    note: str = ""

    def data(self) -> FundingData:
        """As the service takes it. InvalidInputError naming the field."""
        for name in ("rate", "co_financing"):
            if not getattr(self, name).is_finite():
                raise InvalidInputError(
                    "{value} is not a number.", field=name, value=str(getattr(self, name))
                )
        return FundingData(
            title=self.title,
            rate=self.rate,
            cap=Money(self.cap),
            window=window_of(
                month_named(self.first_month, "first_month"),
                month_named(self.last_month, "last_month"),
            ),
            funder=self.funder,
            reference=self.reference,
            kinds=kinds_named(self.kinds),
            services=frozenset(self.services),
            period_cap=Money(self.period_cap) if self.period_cap is not None else None,
            per=per_named(self.per),
            co_financing=self.co_financing,
            report_due_on=self.report_due_on,
            note=self.note,
        )


@strawberry.type
class FundingPayload(Payload):
    """A grant."""

    funding: FundingType | None = None


@strawberry.type
class FundingsPayload(Payload):
    """Grants in their order."""

    fundings: list[FundingType] = strawberry.field(default_factory=list[FundingType])
