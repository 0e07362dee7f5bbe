"""What payments ask of the marketplace: who collects, what is owed, what was used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace, Posting, UsageReading
from arengo_payments.base import TRANSACTIONS
from arengo_payments.collecting.models import PaymentPartRow, PaymentRow

GATEWAY_ACCOUNT = "gateway"
OWED_TO_MERCHANTS = "merchant_payable"


def marketplace(host: Host, uow: UnitOfWork) -> Marketplace:
    """The marketplace in this transaction."""
    contract: Any = Marketplace
    return host.continuing(uow, contract)


async def book_payment(
    host: Host, uow: UnitOfWork, payment: PaymentRow, parts: Sequence[PaymentPartRow], at: datetime
) -> None:
    """The gateway holds the money, the collecting entity owes it to the merchants."""
    market = marketplace(host, uow)
    paid = [part for part in parts if part.amount]
    await market.post(
        payment.consortium_id,
        key=f"payment:{payment.id}",
        description=gettext("Card payment: {parts}", parts=", ".join(part.label for part in paid)),
        postings=[
            Posting(GATEWAY_ACCOUNT, payment.money),
            *(Posting(OWED_TO_MERCHANTS, -part.money, part.organization_id) for part in paid),
        ],
        occurred_at=at,
    )
    await market.report_usage(
        [
            UsageReading(TRANSACTIONS, part.organization_id, Decimal(1), at, f"payment:{part.id}")
            for part in paid
        ]
    )


async def book_return(
    host: Host,
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    merchant_id: UUID,
    amount: Money,
    key: str,
    description: str,
) -> None:
    """Money left the gateway and is owed to the merchant no more; negative takes that back."""
    await marketplace(host, uow).post(
        consortium_id,
        key=key,
        description=description,
        postings=[
            Posting(OWED_TO_MERCHANTS, amount, merchant_id),
            Posting(GATEWAY_ACCOUNT, -amount),
        ],
    )


async def owed_to(host: Host, uow: UnitOfWork, consortium_id: UUID, merchant_id: UUID) -> Money:
    """What a consortium's collecting entity still owes a merchant."""
    account = await marketplace(host, uow).balance(consortium_id, OWED_TO_MERCHANTS, merchant_id)
    return -account


async def owed(host: Host, uow: UnitOfWork, consortium_id: UUID) -> dict[UUID, Money]:
    """What a consortium's collecting entity still owes each merchant."""
    accounts = await marketplace(host, uow).balances(consortium_id, OWED_TO_MERCHANTS)
    return {merchant: -balance for merchant, balance in accounts.items()}
