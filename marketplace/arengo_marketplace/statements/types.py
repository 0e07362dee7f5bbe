"""GraphQL types of statements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.money import Money
from arengo_marketplace.contract import OnlinePayment
from arengo_marketplace.deliveries.types import StatementDeliveryType
from arengo_marketplace.dunning.loaders import DunningOf, PausesOf
from arengo_marketplace.dunning.types import NextReminderType, StatementPauseType
from arengo_marketplace.months import month_key
from arengo_marketplace.settlements.components import (
    StoredComponent,
    read_adjustment,
    read_component,
)
from arengo_marketplace.settlements.models import Share
from arengo_marketplace.statements import online
from arengo_marketplace.statements.change_types import StatementChangeType
from arengo_marketplace.statements.loaders import (
    ChangeOf,
    DeliveriesOf,
    MemberNames,
    OnlinePaymentOf,
    PaymentsOf,
    SharesOf,
    TakesOnline,
)
from arengo_marketplace.statements.models import StatementPayment
from arengo_marketplace.statements.service import Standing
from arengo_marketplace.statements.year import MemberYear


def money_or_none(amount: Money | None) -> MoneyType | None:
    """An amount where there is one."""
    return MoneyType.of(amount) if amount is not None else None


@strawberry.type(
    description="What one part of a rule charged: net × perCent × weight ÷ whole, rounded."
)
class ShareComponent:
    """GraphQL face of a component."""

    key: str
    used: str = strawberry.field(description="Another key where the rule's own weighed nothing.")
    per_cent: Decimal
    meter: str
    kind: str = strawberry.field(
        description="`fixed`, `usage` or `one_off` where these have a mix of their own; else empty."
    )
    weight: str = strawberry.field(description="The member's figure, an exact fraction.")
    whole: str = strawberry.field(description="The figure of all members, an exact fraction.")
    net: MoneyType
    amount: MoneyType

    @classmethod
    def of(cls, part: StoredComponent, currency: str) -> ShareComponent:
        """From the stored one."""
        return cls(
            key=part.key,
            used=part.used,
            per_cent=part.per_cent,
            meter=part.meter,
            kind=part.kind,
            weight=str(part.weight),
            whole=str(part.whole),
            net=MoneyType.cents(part.net, currency),
            amount=MoneyType.cents(part.amount, currency),
        )


@strawberry.type(description="What a rule added to a share, or took from it, after its keys.")
class ShareAdjustment:
    """GraphQL face of an adjustment."""

    reason: str = strawberry.field(
        description="`fixed_amount`, `discount`, `phase_in` or `limit`, its own or others'."
    )
    amount: MoneyType


@strawberry.type(name="Share", description="A member's part of an offer's pool.")
class ShareType:
    """GraphQL face of a share."""

    offer_id: strawberry.ID
    service: str
    days: int
    amount: MoneyType
    per_inhabitant: MoneyType | None
    components: list[ShareComponent]
    adjustments: list[ShareAdjustment]

    @classmethod
    def of(cls, share: Share) -> ShareType:
        """From its row."""
        parts = [read_component(document) for document in share.components]
        return cls(
            offer_id=global_id("Offer", share.offer_id),
            service=share.service,
            days=share.days,
            amount=MoneyType.cents(share.amount, share.currency),
            per_inhabitant=money_or_none(share.per_inhabitant),
            components=[ShareComponent.of(part, share.currency) for part in parts],
            adjustments=[
                ShareAdjustment(
                    reason=one.reason, amount=MoneyType.cents(one.amount, share.currency)
                )
                for one in map(read_adjustment, share.adjustments)
            ],
        )


@strawberry.type(name="StatementPayment", description="Money paid for a statement.")
class StatementPaymentType:
    """GraphQL face of a payment."""

    id: strawberry.ID
    amount: MoneyType
    paid_on: date
    reference: str = strawberry.field(
        description="Of the transfer; of a `set_off`, the number of the other statement."
    )
    way: str = strawberry.field(
        description="`bank`, `online`, or `set_off` by a credit of the member."
    )
    reverses_id: strawberry.ID | None = strawberry.field(
        description="The payment that this one takes back."
    )
    reason: str = strawberry.field(
        description="Why it takes another back, was given back, or came back after that."
    )
    recorded_at: datetime

    @classmethod
    def of(cls, row: StatementPayment) -> StatementPaymentType:
        """From its row."""
        return cls(
            id=global_id("StatementPayment", row.id),
            amount=MoneyType.cents(row.amount, row.currency),
            paid_on=row.paid_on,
            reference=row.reference,
            way=row.way,
            reverses_id=global_id("StatementPayment", row.reverses_id) if row.reverses_id else None,
            reason=row.reason,
            recorded_at=row.created_at,
        )


@strawberry.type(
    name="OnlineStatementPayment", description="A payment of a statement by the payments service."
)
class OnlinePaymentType:
    """GraphQL face of an online payment."""

    id: strawberry.ID
    state: str = strawberry.field(
        description="`open`, `unknown`, `processing`, `paid`, `failed`, `expired` or `returned`."
    )
    amount: MoneyType
    url: str | None = strawberry.field(
        description="Its page, where the mutation has just opened it."
    )

    @classmethod
    def of(cls, payment: OnlinePayment) -> OnlinePaymentType:
        """From the payments service's."""
        return cls(
            id=global_id("Payment", payment.id),
            state=payment.state.value,
            amount=MoneyType.of(payment.amount),
            url=payment.url,
        )


@strawberry.type(name="Statement", description="One member's part of a settlement.")
class StatementType(Node):
    """GraphQL face of a statement."""

    standing: strawberry.Private[Standing]
    number: str
    organization_id: strawberry.ID
    settlement_id: strawberry.ID
    month: str = strawberry.field(description="As `2026-09`.")
    amount: MoneyType
    advanced: MoneyType = strawberry.field(
        description="What the member paid to suppliers itself; it is credited so much."
    )
    due: MoneyType = strawberry.field(
        description="The amount less what was advanced; negative: the consortium owes it."
    )
    population: int | None
    per_inhabitant: MoneyType | None = strawberry.field(description="Computed, rounded for show.")
    due_on: date
    days_overdue: int = strawberry.field(description="0 where it need not be paid yet.")
    paid: MoneyType
    open: MoneyType
    state: str = strawberry.field(
        description="`paid`, `unpaid`, `reversed`, `credit` (to be given back) or `set_off`."
    )
    reverses_id: strawberry.ID | None
    reversed_by_id: strawberry.ID | None
    digest: str = strawberry.field(
        description="SHA-256 of what was issued, as in its files; empty of one from before."
    )

    @strawberry.field(description="To whom it was sent, oldest first.")
    async def deliveries(self, info: Info) -> list[StatementDeliveryType]:
        """The deliveries."""
        row = self.standing.statement
        key = (row.organization_id, row.id)
        rows = await info.context.loader(DeliveriesOf).load(key)
        return [StatementDeliveryType.of(delivery) for delivery in rows or []]

    @strawberry.field(description="Times in which no reminder is sent, oldest first.")
    async def pauses(self, info: Info) -> list[StatementPauseType]:
        """Disputes and pauses."""
        row = self.standing.statement
        rows = await info.context.loader(PausesOf).load((row.organization_id, row.id))
        return [StatementPauseType.of(pause) for pause in rows or []]

    @strawberry.field(description="Null where none will come as things stand.")
    async def next_reminder(self, info: Info) -> NextReminderType | None:
        """The reminder that comes next."""
        found = await info.context.loader(DunningOf).load(self.standing)
        return NextReminderType.of(found.next) if found and found.next else None

    @strawberry.field(description="The newest payment by the payments service, if any.")
    async def online_payment(self, info: Info) -> OnlinePaymentType | None:
        """The online payment."""
        found = await info.context.loader(OnlinePaymentOf).load(self.standing)
        return OnlinePaymentType.of(found) if found else None

    @strawberry.field(description="Whether the caller may pay online what is open.")
    async def can_pay_online(self, info: Info) -> bool:
        """Whether a page of the payments service may be opened."""
        payment = await info.context.loader(OnlinePaymentOf).load(self.standing)
        if not online.may_begin(info.context.caller, self.standing, payment):
            return False
        row = self.standing.statement
        amount = Money(self.standing.open, row.currency)
        return bool(await info.context.loader(TakesOnline).load((row.consortium_id, amount)))

    @strawberry.field(description="Name of the member.")
    async def member_name(self, info: Info) -> str:
        """The member's name."""
        member = self.standing.statement.organization_id
        return await info.context.loader(MemberNames).load(member) or ""

    @strawberry.field(description="The shares that it adds up, by service.")
    async def shares(self, info: Info) -> list[ShareType]:
        """The shares."""
        row = self.standing.statement
        key = (row.organization_id, row.id)
        rows = await info.context.loader(SharesOf).load(key)
        return [ShareType.of(share) for share in rows or []]

    @strawberry.field(
        description="Beside the last month settled before; null of a credit, and of a first month."
    )
    async def change(self, info: Info) -> StatementChangeType | None:
        """The change."""
        found = await info.context.loader(ChangeOf).load(self.standing)
        return StatementChangeType.of(found) if found else None

    @strawberry.field(description="Its payments, oldest first.")
    async def payments(self, info: Info) -> list[StatementPaymentType]:
        """The payments."""
        row = self.standing.statement
        key = (row.organization_id, row.id)
        rows = await info.context.loader(PaymentsOf).load(key)
        return [StatementPaymentType.of(payment) for payment in rows or []]

    @classmethod
    def of(cls, standing: Standing) -> StatementType:
        """From a statement with what was paid of it."""
        row = standing.statement
        return cls(
            id=global_id("Statement", row.id),
            standing=standing,
            number=row.number,
            organization_id=global_id("Organization", row.organization_id),
            settlement_id=global_id("Settlement", row.settlement_id),
            month=month_key(row.period),
            amount=MoneyType.cents(row.amount, row.currency),
            advanced=MoneyType.cents(row.advanced, row.currency),
            due=MoneyType.cents(row.due, row.currency),
            population=row.population,
            per_inhabitant=money_or_none(row.per_inhabitant),
            due_on=row.due_on,
            days_overdue=standing.days_overdue,
            paid=MoneyType.cents(standing.paid, row.currency),
            open=MoneyType.cents(standing.open, row.currency),
            state=standing.state,
            reverses_id=global_id("Statement", row.reverses_id) if row.reverses_id else None,
            reversed_by_id=global_id("Statement", standing.reversed_by)
            if standing.reversed_by
            else None,
            digest=row.digest,
        )


@strawberry.type(description="A service in a member's year.")
class ServiceYearType:
    """GraphQL face of a service's year."""

    service: str
    title: str
    state: str
    amount: MoneyType
    per_inhabitant: MoneyType | None
    rule: str = strawberry.field(description="How its cost is divided, in words.")
    last_month: MoneyType
    month_before: MoneyType


@strawberry.type(name="MemberYear", description="What a member uses, what it cost, and why.")
class MemberYearType:
    """GraphQL face of a member's year."""

    year: int
    amount: MoneyType
    per_inhabitant: MoneyType | None
    open: MoneyType
    settled_months: list[str]
    services: list[ServiceYearType]

    @classmethod
    def of(cls, figures: MemberYear) -> MemberYearType:
        """From the figures."""
        return cls(
            year=figures.year,
            amount=MoneyType.of(figures.amount),
            per_inhabitant=money_or_none(figures.per_inhabitant),
            open=MoneyType.of(figures.open),
            settled_months=[month_key(month) for month, _ in figures.months],
            services=[
                ServiceYearType(
                    service=one.key,
                    title=one.title,
                    state=one.state,
                    amount=MoneyType.of(one.amount),
                    per_inhabitant=money_or_none(one.per_inhabitant),
                    rule=one.rule,
                    last_month=MoneyType.of(one.last),
                    month_before=MoneyType.of(one.before),
                )
                for one in figures.services
            ],
        )


@strawberry.type
class StatementPayload(Payload):
    """A statement."""

    statement: StatementType | None = None


@strawberry.type
class PayStatementOnlinePayload(Payload):
    """Where to pay; without ``url`` the state tells why there is nothing to do."""

    payment: OnlinePaymentType | None = None
