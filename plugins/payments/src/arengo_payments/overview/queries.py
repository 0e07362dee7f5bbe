"""GraphQL queries of payments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import MoneyType, local_id
from arengo_core.errors import InvalidInputError
from arengo_payments.accounts import service as accounts
from arengo_payments.base import SERVICE
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting import service as collecting
from arengo_payments.marketplace import held_for_itself
from arengo_payments.overview.types import (
    CollectingAccount,
    MerchantMoney,
    MoneyDue,
    OwnMoney,
    PaymentPartType,
    PaymentType,
    Payout,
    RefundType,
)
from arengo_payments.payouts import repository as payouts
from arengo_payments.payouts import service as payout_rules
from arengo_payments.permissions import MONEY, PAYMENTS
from arengo_payments.refunds import repository as refunds


def keyset(cursor: str | None) -> payments.Keyset | None:
    """What a cursor of a list by time stands for. InvalidInputError when it is none of these."""
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return datetime.fromisoformat(values[0]), UUID(values[1])
    except (TypeError, ValueError):
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None


def cursor_of(created_at: datetime, row_id: UUID) -> str:
    """The cursor of a row in a list by time."""
    return encode_cursor(created_at.isoformat(), str(row_id))


@strawberry.type
class PaymentsQuery:
    """Root queries."""

    @strawberry.field(
        description="A payment, for officers of its consortium; null for others.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def payment(self, info: Info, id: strawberry.ID) -> PaymentType | None:
        """One payment."""
        uow, payment_id = info.context.uow, local_id(id, "Payment")
        async with uow.lock:
            consortium_id = await payments.consortium_of(uow.session, payment_id)
            if consortium_id is None or consortium_id not in uow.scope.governs:
                return None
            row = await payments.payment(uow.session, consortium_id, payment_id)
            parts = await payments.parts(uow.session, consortium_id, payment_id)
            gone = await refunds.of_payments(uow.session, consortium_id, [payment_id])
        return PaymentType.of(row, parts, gone.get(payment_id, [])) if row else None

    @strawberry.field(
        description="A consortium's payments, newest first. For its officers.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def payments(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PaymentType]:
        """Payments of a consortium."""
        uow, size = info.context.uow, page_size(first)
        place = local_id(consortium_id, "Organization", "consortium_id")
        uow.caller.require(place, PAYMENTS)
        async with uow.lock:
            rows = await payments.payments_of_consortium(
                uow.session, place, size + 1, keyset(after)
            )
            ids = [row.id for row in rows]
            parts = await payments.parts_of_payments(uow.session, place, ids)
            gone = await refunds.of_payments(uow.session, place, ids)
        nodes = [PaymentType.of(row, parts.get(row.id, []), gone.get(row.id, [])) for row in rows]
        return connection_of(nodes, [cursor_of(row.created_at, row.id) for row in rows], size)

    @strawberry.field(
        description="A merchant's money: newest payments, refunds, money due.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def merchant_money(
        self, info: Info, merchant_id: strawberry.ID, first: int | None = None
    ) -> MerchantMoney:
        """Money of a merchant's orders."""
        uow, size = info.context.uow, page_size(first)
        place = local_id(merchant_id, "Organization", "merchant_id")
        uow.caller.require(place, MONEY)
        async with uow.lock:
            due = await collecting.due_to(info.context.host, uow, place)
            parts = await payments.parts_of_merchant(uow.session, place, size)
            gone = await refunds.of_merchant(uow.session, place, size)
            passed_on = await payouts.paid_to(uow.session, place, size)
        return MerchantMoney(
            due=MoneyType.of(due),
            parts=[PaymentPartType.of(part) for part in parts],
            refunds=[RefundType.of(row) for row in gone],
            payouts=[Payout.of(row) for row in passed_on],
        )

    @strawberry.field(
        description="Money due to each merchant. For officers of the consortium.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def money_due(self, info: Info, consortium_id: strawberry.ID) -> list[MoneyDue]:
        """Money due by merchant."""
        uow = info.context.uow
        place = local_id(consortium_id, "Organization", "consortium_id")
        uow.caller.require(place, PAYMENTS)
        async with uow.lock:
            dues = await payout_rules.dues(info.context.host, uow, place)
        return [MoneyDue.of(due) for due in dues]

    @strawberry.field(
        description="What the gateway holds for the consortium itself. For its officers.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def own_money(
        self, info: Info, consortium_id: strawberry.ID, first: int | None = None
    ) -> OwnMoney:
        """Statements' money at the gateway."""
        uow, size = info.context.uow, page_size(first)
        place = local_id(consortium_id, "Organization", "consortium_id")
        uow.caller.require(place, PAYMENTS)
        async with uow.lock:
            held = await held_for_itself(info.context.host, uow, place)
            rows = await payouts.paid_to(uow.session, place, size)
        return OwnMoney(held=MoneyType.of(held), payouts=[Payout.of(row) for row in rows])

    @strawberry.field(
        description="Who collects card payments. For officers of the consortium.",
        metadata=only_with(SERVICE, finishes=True),
    )
    async def collecting_account(
        self, info: Info, consortium_id: strawberry.ID
    ) -> CollectingAccount | None:
        """The collecting entity's account."""
        uow = info.context.uow
        place = local_id(consortium_id, "Organization", "consortium_id")
        uow.caller.require(place, PAYMENTS)
        async with uow.lock:
            entity = await accounts.entity(info.context.host, uow, place)
        return CollectingAccount.of(entity) if entity else None
