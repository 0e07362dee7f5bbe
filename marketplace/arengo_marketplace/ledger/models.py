"""Tables of the ledger. The database refuses changes, and transactions that do not balance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Shared, TableClass, table
from arengo_marketplace.base import MarketplaceBase


class LedgerAccount(MarketplaceBase, Identified, Shared):
    """An account of a consortium's chart."""

    __tablename__ = "ledger_account"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "code", unique=True),
        CheckConstraint("kind in ('asset', 'liability', 'income', 'expense')", "kind"),
        append_only=True,
    )

    code: Mapped[str]
    kind: Mapped[str]


class LedgerTransaction(MarketplaceBase, Identified, Shared):
    """Something that happened, by its key; its postings add up to nothing.

    ``lines`` says how many they are: the database refuses one more later.
    """

    __tablename__ = "ledger_transaction"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "key", unique=True),
        Index(None, "organization_id", "occurred_at", "id"),
        CheckConstraint("lines >= 2", "lines"),
        append_only=True,
    )

    key: Mapped[str]
    description: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    lines: Mapped[int]


class LedgerPosting(MarketplaceBase, Identified, Shared):
    """A line of a transaction: debits are positive, credits negative minor units.

    Its tenant is the member that it concerns, else the consortium.
    """

    __tablename__ = "ledger_posting"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "consortium_id", "account", "occurred_at", "id"),
        Index(None, "organization_id", "account"),
        Index(None, "transaction_id"),
        CheckConstraint("amount <> 0", "amount"),
        append_only=True,
    )

    transaction_id: Mapped[UUID]
    account: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    occurred_at: Mapped[datetime]
