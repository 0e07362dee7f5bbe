"""GraphQL mutations of payments."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import strawberry

from arengo_core import idempotency
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.money import Money
from arengo_payments.accounts import service as accounts
from arengo_payments.base import SERVICE
from arengo_payments.collecting import counter
from arengo_payments.collecting import service as collecting
from arengo_payments.contract import RefundOrder
from arengo_payments.overview.types import (
    CollectingAccount,
    CollectingAccountPayload,
    GatewayTestPayload,
    PayoutPayload,
    ReceivedPayload,
    RefundPayload,
    RefundType,
)
from arengo_payments.payouts import service as payouts
from arengo_payments.permissions import REFUNDS
from arengo_payments.refunds import repository as refund_rows
from arengo_payments.refunds import service as refunds
from arengo_payments.statements import service as statements


@strawberry.input(description="Money back for one merchant order; amounts in cents.")
class RefundInput:
    """What to give back."""

    payment_id: strawberry.ID
    merchant_id: strawberry.ID
    merchant_order_id: strawberry.ID
    amount: int
    currency: str = "EUR"
    reason: str = ""


@strawberry.input(description="Who collects, and the account's keys; an empty key is kept.")
class CollectingAccountInput:
    """The account."""

    gateway: str
    organization_id: strawberry.ID | None = None
    company_name: str = ""
    vat_number: str = ""
    is_public_administration: bool = False
    secret_key: str = ""
    webhook_secret: str = ""
    api_base: str = ""


def _consortium(value: strawberry.ID) -> UUID:
    return local_id(value, "Organization", "consortium_id")


@strawberry.type
class PaymentsMutation:
    """Root mutations."""

    @strawberry.mutation(
        description="Give money back for a merchant order, in whole or in part.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(RefundPayload)
    async def refund_payment(
        self, info: Info, input: RefundInput, idempotency_key: str
    ) -> RefundPayload:
        """Ask for a refund; a job makes it."""
        merchant = local_id(input.merchant_id, "Organization", "merchant_id")
        order = RefundOrder(
            key=idempotency_key,
            payment_id=local_id(input.payment_id, "Payment", "payment_id"),
            merchant_id=merchant,
            merchant_order_id=local_id(
                input.merchant_order_id, "MerchantOrder", "merchant_order_id"
            ),
            amount=Money(input.amount, input.currency),
            reason=input.reason,
        )
        async with info.context.writing() as uow:
            uow.caller.require(merchant, REFUNDS)
            idempotency.check(idempotency_key)
            refund_id = await refunds.request(uow, order)
            [row] = [
                row
                for row in await refund_rows.of_merchant(uow.session, merchant, 20)
                if row.id == refund_id
            ]
            return RefundPayload(refund=RefundType.of(row))

    @strawberry.mutation(
        description="Note that the counter took the money of a merchant order.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(ReceivedPayload)
    async def received_at_counter(
        self, info: Info, payment_id: strawberry.ID, merchant_order_id: strawberry.ID
    ) -> ReceivedPayload:
        """Money taken at the counter."""
        async with info.context.writing() as uow:
            await counter.received(
                uow,
                local_id(payment_id, "Payment", "payment_id"),
                local_id(merchant_order_id, "MerchantOrder", "merchant_order_id"),
            )
        return ReceivedPayload(done=True)

    @strawberry.mutation(
        description="Note a transfer made to a merchant; amount in cents.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(PayoutPayload)
    async def record_payout(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        merchant_id: strawberry.ID,
        amount: int,
        paid_on: date,
        idempotency_key: str,
        reference: str = "",
    ) -> PayoutPayload:
        """A transfer to a merchant."""
        async with info.context.writing() as uow:
            payout_id = await payouts.record(
                info.context.host,
                uow,
                consortium_id=_consortium(consortium_id),
                merchant_id=local_id(merchant_id, "Organization", "merchant_id"),
                amount=Money(amount),
                paid_on=paid_on,
                reference=reference,
                key=idempotency_key,
            )
        return PayoutPayload(payout_id=global_id("Payout", payout_id))

    @strawberry.mutation(
        description="Note what the gateway paid out to the consortium's bank, and the fees that it"
        " kept; amounts in cents.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(PayoutPayload)
    async def record_gateway_transfer(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        amount: int,
        paid_on: date,
        idempotency_key: str,
        fees: int = 0,
        reference: str = "",
    ) -> PayoutPayload:
        """A payout of the gateway."""
        async with info.context.writing() as uow:
            payout_id = await payouts.record_transfer(
                info.context.host,
                uow,
                consortium_id=_consortium(consortium_id),
                amount=Money(amount),
                fees=Money(fees),
                paid_on=paid_on,
                reference=reference,
                key=idempotency_key,
            )
        return PayoutPayload(payout_id=global_id("Payout", payout_id))

    @strawberry.mutation(
        description="Give money of a statement that was paid online back; amount in cents.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(RefundPayload)
    async def refund_statement_payment(
        self,
        info: Info,
        payment_id: strawberry.ID,
        amount: int,
        reason: str,
        idempotency_key: str,
        currency: str = "EUR",
    ) -> RefundPayload:
        """Ask for a refund; a job makes it."""
        wanted = local_id(payment_id, "Payment", "payment_id")
        async with info.context.writing() as uow:
            refund_id = await statements.give_back(
                uow,
                payment_id=wanted,
                amount=Money(amount, currency),
                reason=reason,
                key=idempotency_key,
            )
            place = await collecting.consortium_of(uow, wanted)
            row = await refund_rows.refund(uow.session, place, refund_id)
            assert row is not None, "it was stored just now"
            return RefundPayload(refund=RefundType.of(row))

    @strawberry.mutation(
        description="Name who collects card payments for the market.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(CollectingAccountPayload)
    async def choose_collecting_account(
        self, info: Info, consortium_id: strawberry.ID, input: CollectingAccountInput
    ) -> CollectingAccountPayload:
        """Name the collecting entity and its account."""
        choice = accounts.AccountChoice(
            gateway=input.gateway,
            organization_id=local_id(input.organization_id, "Organization", "organization")
            if input.organization_id
            else None,
            is_public_administration=input.is_public_administration,
            company_name=input.company_name,
            vat_number=input.vat_number,
            secret_key=input.secret_key,
            webhook_secret=input.webhook_secret,
            api_base=input.api_base,
        )
        async with info.context.writing() as uow:
            entity = await accounts.choose(
                info.context.host, uow, _consortium(consortium_id), choice
            )
        return CollectingAccountPayload(account=CollectingAccount.of(entity))

    @strawberry.mutation(
        description="Ask the gateway whether the stored keys work.",
        metadata=only_with(SERVICE, finishes=True),
    )
    @answers(GatewayTestPayload)
    async def test_payment_gateway(
        self, info: Info, consortium_id: strawberry.ID
    ) -> GatewayTestPayload:
        """Test the connection."""
        probe = await accounts.probe(
            info.context.host, info.context.caller, _consortium(consortium_id)
        )
        return GatewayTestPayload(works=probe.works, detail=probe.detail)
