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
from arengo_marketplace.contract import Marketplace, OnlineReceipt, Posting, UsageReading
from arengo_payments.base import TRANSACTIONS, Purpose
from arengo_payments.collecting.models import PaymentPartRow, PaymentRow

GATEWAY_ACCOUNT = "gateway"
OWED_TO_MERCHANTS = "merchant_payable"
BANK = "bank"
OWED_FOR_SERVICES = "costs_payable"


def marketplace(host: Host, uow: UnitOfWork) -> Marketplace:
    """The marketplace in this transaction."""
    contract: Any = Marketplace
    return host.continuing(uow, contract)


async def book_payment(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    parts: Sequence[PaymentPartRow],
    at: datetime,
    reference: str = "",
) -> None:
    """The gateway holds the money, the collecting entity owes it to the merchants.

    A statement's is the consortium's own: the marketplace books it, and no merchant used the
    service for it.
    """
    market = marketplace(host, uow)
    if payment.purpose == Purpose.STATEMENT:
        await book_statement(
            host, uow, payment, f"payment:{payment.id}", payment.money, at, reference
        )
        return
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


async def book_statement(
    host: Host,
    uow: UnitOfWork,
    payment: PaymentRow,
    key: str,
    amount: Money,
    at: datetime,
    reference: str,
    reason: str = "",
) -> None:
    """Tell the marketplace of a statement's money that came, or went back (negative)."""
    await marketplace(host, uow).record_online(
        OnlineReceipt(
            key=key,
            statement_id=payment.subject_id,
            amount=amount,
            occurred_at=at,
            reference=reference,
            reason=reason,
        )
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
    at: datetime | None = None,
) -> None:
    """Money left the gateway and is owed to the merchant no more; negative takes that back.

    Now, unless it was ``at`` another moment.
    """
    await marketplace(host, uow).post(
        consortium_id,
        key=key,
        description=description,
        postings=[
            Posting(OWED_TO_MERCHANTS, amount, merchant_id),
            Posting(GATEWAY_ACCOUNT, -amount),
        ],
        occurred_at=at,
    )


async def owed_to(host: Host, uow: UnitOfWork, consortium_id: UUID, merchant_id: UUID) -> Money:
    """What a consortium's collecting entity still owes a merchant."""
    account = await marketplace(host, uow).balance(consortium_id, OWED_TO_MERCHANTS, merchant_id)
    return -account


async def owed(host: Host, uow: UnitOfWork, consortium_id: UUID) -> dict[UUID, Money]:
    """What a consortium's collecting entity still owes each merchant."""
    accounts = await marketplace(host, uow).balances(consortium_id, OWED_TO_MERCHANTS)
    return {merchant: -balance for merchant, balance in accounts.items()}


async def held_for_itself(host: Host, uow: UnitOfWork, consortium_id: UUID) -> Money:
    """What the gateway holds for a consortium beside its merchants' money."""
    market = marketplace(host, uow)
    held = await market.balance(consortium_id, GATEWAY_ACCOUNT)
    return held + await market.balance(consortium_id, OWED_TO_MERCHANTS)


async def book_transfer(
    host: Host,
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    amount: Money,
    fees: Money,
    key: str,
    at: datetime,
) -> None:
    """The gateway paid out to the bank; what it kept is paid of what it is owed."""
    postings = [Posting(BANK, amount), Posting(GATEWAY_ACCOUNT, -(amount + fees))]
    if fees:
        postings.append(Posting(OWED_FOR_SERVICES, fees))
    await marketplace(host, uow).post(
        consortium_id,
        key=key,
        description=gettext("Payout of the gateway to the bank"),
        postings=postings,
        occurred_at=at,
    )
