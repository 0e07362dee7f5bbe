"""GraphQL types of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import gettext
from arengo_marketplace.ledger.models import LedgerPosting, LedgerTransaction
from arengo_marketplace.ledger.service import AccountStatement, AccountTotal


@strawberry.type(name="LedgerAccount", description="An account with its debits and credits.")
class LedgerAccountType:
    """GraphQL face of an account in the trial balance."""

    code: str
    title: str
    kind: str
    debits: MoneyType
    credits: MoneyType
    balance: MoneyType = strawberry.field(description="Debits less credits.")

    @classmethod
    def of(cls, total: AccountTotal) -> LedgerAccountType:
        """From the trial balance."""
        return cls(
            code=total.account.code,
            title=gettext(total.account.title),
            kind=total.account.kind.value,
            debits=MoneyType.cents(total.debits),
            credits=MoneyType.cents(total.credits),
            balance=MoneyType.cents(total.balance),
        )


@strawberry.type(name="LedgerPosting", description="A line: debits positive, credits negative.")
class LedgerPostingType:
    """GraphQL face of a posting."""

    id: strawberry.ID
    account: str
    amount: MoneyType
    organization_id: strawberry.ID | None = strawberry.field(
        description="The member that it concerns, if any."
    )
    transaction_id: strawberry.ID
    key: str
    description: str
    occurred_at: datetime

    @classmethod
    def of(cls, row: LedgerPosting, transaction: LedgerTransaction) -> LedgerPostingType:
        """From its row and its transaction's."""
        concerns_member = row.organization_id != row.consortium_id
        return cls(
            id=global_id("LedgerPosting", row.id),
            account=row.account,
            amount=MoneyType.cents(row.amount, row.currency),
            organization_id=global_id("Organization", row.organization_id)
            if concerns_member
            else None,
            transaction_id=global_id("LedgerTransaction", transaction.id),
            key=transaction.key,
            description=transaction.description,
            occurred_at=row.occurred_at,
        )


@strawberry.type(name="LedgerTransaction", description="Lines that balance, written at once.")
class LedgerTransactionType:
    """GraphQL face of a transaction."""

    id: strawberry.ID
    key: str
    description: str
    occurred_at: datetime
    postings: list[LedgerPostingType]

    @classmethod
    def of(cls, row: LedgerTransaction, postings: Sequence[LedgerPosting]) -> LedgerTransactionType:
        """From its row; ``postings`` may hold those of others too."""
        return cls(
            id=global_id("LedgerTransaction", row.id),
            key=row.key,
            description=row.description,
            occurred_at=row.occurred_at,
            postings=[
                LedgerPostingType.of(one, row) for one in postings if one.transaction_id == row.id
            ],
        )


@strawberry.type(name="LedgerStatement", description="An account over some days.")
class LedgerStatementType:
    """GraphQL face of a statement of account."""

    opening: MoneyType = strawberry.field(description="Debits less credits before the first day.")
    debits: MoneyType
    credits: MoneyType
    closing: MoneyType = strawberry.field(description="Debits less credits after the last day.")

    @classmethod
    def of(cls, statement: AccountStatement) -> LedgerStatementType:
        """From the service's."""
        return cls(
            opening=MoneyType.cents(statement.opening),
            debits=MoneyType.cents(statement.debits),
            credits=MoneyType.cents(statement.credits),
            closing=MoneyType.cents(statement.closing),
        )
