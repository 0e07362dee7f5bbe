"""GraphQL types of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.money import Money
from arengo_marketplace.contract import CollectingEntity
from arengo_payments.accounts.service import masked
from arengo_payments.base import Purpose
from arengo_payments.collecting.models import PaymentPartRow, PaymentRow
from arengo_payments.payouts.models import PayoutRow
from arengo_payments.payouts.service import Due
from arengo_payments.refunds.models import RefundRow


@strawberry.type(
    name="Refund", description="Money back for one merchant order, or of a statement paid online."
)
class RefundType:
    """GraphQL face of a refund."""

    id: strawberry.ID
    merchant_id: strawberry.ID = strawberry.field(
        description="Whose money went back: a merchant, or the consortium for a statement."
    )
    merchant_order_id: strawberry.ID | None = strawberry.field(
        description="Null where money of a statement went back."
    )
    amount: MoneyType
    state: str = strawberry.field(
        description="requested, sending, unknown, pending, done, refused or failed."
    )
    reason: str
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, row: RefundRow) -> RefundType:
        """From its row."""
        return cls(
            id=global_id("Refund", row.id),
            merchant_id=global_id("Organization", row.organization_id),
            merchant_order_id=global_id("MerchantOrder", row.merchant_order_id)
            if row.organization_id != row.consortium_id
            else None,
            amount=MoneyType.of(row.money),
            state=row.state,
            reason=row.reason,
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


@strawberry.type(name="PaymentPart", description="What of a payment belongs to one merchant.")
class PaymentPartType:
    """GraphQL face of a part."""

    payment_id: strawberry.ID
    merchant_id: strawberry.ID
    merchant_order_id: strawberry.ID
    method: str
    label: str
    amount: MoneyType
    refunded: MoneyType = strawberry.field(description="Refunds on their way included.")
    created_at: datetime
    paid_at: datetime | None

    @classmethod
    def of(cls, row: PaymentPartRow) -> PaymentPartType:
        """From its row."""
        return cls(
            payment_id=global_id("Payment", row.payment_id),
            merchant_id=global_id("Organization", row.organization_id),
            merchant_order_id=global_id("MerchantOrder", row.merchant_order_id),
            method=row.method,
            label=row.label,
            amount=MoneyType.of(row.money),
            refunded=MoneyType.cents(row.refunded, row.currency),
            created_at=row.created_at,
            paid_at=row.paid_at,
        )


@strawberry.type(
    name="Payment", description="One payment of one order, or of a statement, for officers."
)
class PaymentType:
    """GraphQL face of a payment."""

    id: strawberry.ID
    order_id: strawberry.ID | None = strawberry.field(description="Null of a statement's.")
    statement_id: strawberry.ID | None = strawberry.field(
        description="The statement that a member paid online."
    )
    member_id: strawberry.ID | None = strawberry.field(description="The member that paid it.")
    method: str
    state: str = strawberry.field(
        description="pending, open, due, paid, failed, expired, unknown or refunded."
    )
    amount: MoneyType
    refunded: MoneyType
    created_at: datetime
    paid_at: datetime | None
    parts: list[PaymentPartType] = strawberry.field(description="Empty of a statement's.")
    refunds: list[RefundType]

    @classmethod
    def of(
        cls, row: PaymentRow, parts: Sequence[PaymentPartRow], refunds: Sequence[RefundRow]
    ) -> PaymentType:
        """From its rows."""
        is_order = row.purpose == Purpose.ORDER
        return cls(
            id=global_id("Payment", row.id),
            order_id=global_id("Order", row.subject_id) if is_order else None,
            statement_id=None if is_order else global_id("Statement", row.subject_id),
            member_id=global_id("Organization", row.member_id) if row.member_id else None,
            method=row.method,
            state=row.state,
            amount=MoneyType.of(row.money),
            refunded=MoneyType.of(Money(row.refunded, row.currency)),
            created_at=row.created_at,
            paid_at=row.paid_at,
            parts=[PaymentPartType.of(part) for part in parts if is_order],
            refunds=[RefundType.of(refund) for refund in refunds],
        )


@strawberry.type(description="What a collecting entity owes a merchant now.")
class MoneyDue:
    """GraphQL face of a due."""

    merchant_id: strawberry.ID
    merchant_name: str
    amount: MoneyType

    @classmethod
    def of(cls, due: Due) -> MoneyDue:
        """From the domain's."""
        return cls(
            merchant_id=global_id("Organization", due.merchant_id),
            merchant_name=due.name,
            amount=MoneyType.of(due.amount),
        )


@strawberry.type(
    description="A transfer to a merchant, or of the gateway to the consortium's own bank."
)
class Payout:
    """GraphQL face of a payout."""

    id: strawberry.ID
    amount: MoneyType
    fees: MoneyType = strawberry.field(description="What the gateway kept for itself.")
    paid_on: date
    reference: str

    @classmethod
    def of(cls, row: PayoutRow) -> Payout:
        """From its row."""
        return cls(
            id=global_id("Payout", row.id),
            amount=MoneyType.of(row.money),
            fees=MoneyType.of(row.kept),
            paid_on=row.paid_on,
            reference=row.reference,
        )


@strawberry.type(description="A merchant's money: what came, what went back, what is due.")
class MerchantMoney:
    """GraphQL face of the desk's money page."""

    due: MoneyType
    parts: list[PaymentPartType]
    refunds: list[RefundType]
    payouts: list[Payout]


@strawberry.type(description="What the gateway holds for the consortium itself, and paid out.")
class OwnMoney:
    """GraphQL face of statements' money at the gateway."""

    held: MoneyType
    payouts: list[Payout] = strawberry.field(description="To its bank, newest first.")


@strawberry.type(description="Who collects card payments; secrets are masked.")
class CollectingAccount:
    """GraphQL face of the collecting entity's account."""

    organization_id: strawberry.ID
    name: str
    gateway: str
    takes_cards: bool = strawberry.field(
        description="False for a public administration: it collects through pagoPA alone."
    )
    api_base: str
    secret_key: str
    webhook_secret: str

    @classmethod
    def of(cls, entity: CollectingEntity) -> CollectingAccount:
        """From the marketplace's."""
        settings = entity.gateway_settings
        return cls(
            organization_id=global_id("Organization", entity.organization_id),
            name=entity.name,
            gateway=entity.gateway,
            takes_cards=not entity.is_public_administration,
            api_base=settings.get("api_base", ""),
            secret_key=masked(settings.get("secret_key", "")),
            webhook_secret=masked(settings.get("webhook_secret", "")),
        )


@strawberry.type
class RefundPayload(Payload):
    """A refund that is on its way."""

    refund: RefundType | None = None


@strawberry.type
class ReceivedPayload(Payload):
    """Whether it is noted."""

    done: bool = False


@strawberry.type
class PayoutPayload(Payload):
    """The payout's id."""

    payout_id: strawberry.ID | None = None


@strawberry.type
class CollectingAccountPayload(Payload):
    """The account as it is now."""

    account: CollectingAccount | None = None


@strawberry.type
class GatewayTestPayload(Payload):
    """Whether the gateway answers to the keys, and what is wrong if not."""

    works: bool = False
    detail: str = ""
