"""Queries on the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.clock import start_of
from arengo_core.database.together import write_together
from arengo_core.ids import new_id
from arengo_marketplace.ledger.chart import CHART
from arengo_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to another, both in Rome and both included; None: without that end."""

    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """That a line is of these days."""
        found: list[ColumnElement[bool]] = []
        if self.first is not None:
            found.append(LedgerPosting.occurred_at >= start_of(self.first))
        if self.last is not None:
            end = start_of(self.last + timedelta(days=1))
            found.append(LedgerPosting.occurred_at < end)
        return found


ALWAYS = Span()


async def ensure_chart(session: AsyncSession, consortium_id: UUID) -> None:
    """Give a consortium its accounts, where it has not got them yet."""
    rows = [
        {
            "id": new_id(),
            "organization_id": consortium_id,
            "consortium_id": consortium_id,
            "code": account.code,
            "kind": account.kind.value,
        }
        for account in CHART
    ]
    await session.execute(upsert(LedgerAccount).values(rows).on_conflict_do_nothing())


async def claim(session: AsyncSession, row: Mapping[str, Any]) -> bool:
    """Write a transaction's head unless its key is taken; whether it was free."""
    statement = (
        upsert(LedgerTransaction)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["organization_id", "key"])
        .returning(LedgerTransaction.id)
    )
    return (await session.execute(statement)).first() is not None


async def write_postings(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write a transaction's lines."""
    await write_together(session, [LedgerPosting(**row) for row in rows])


async def balance(
    session: AsyncSession, consortium_id: UUID, account: str, organization_id: UUID | None
) -> int:
    """Debits less credits of an account in scope, for one tenant or all."""
    statement = select(func.coalesce(func.sum(LedgerPosting.amount), 0)).where(
        LedgerPosting.consortium_id == consortium_id, LedgerPosting.account == account
    )
    if organization_id is not None:
        statement = statement.where(LedgerPosting.organization_id == organization_id)
    return int(await session.scalar(statement) or 0)


async def balances(session: AsyncSession, consortium_id: UUID, account: str) -> dict[UUID, int]:
    """Debits less credits of an account in scope, by tenant."""
    statement = (
        select(LedgerPosting.organization_id, func.sum(LedgerPosting.amount))
        .where(LedgerPosting.consortium_id == consortium_id, LedgerPosting.account == account)
        .group_by(LedgerPosting.organization_id)
    )
    rows = (await session.execute(statement)).all()
    return {organization_id: int(amount) for organization_id, amount in rows}


async def turnover(
    session: AsyncSession,
    consortium_id: UUID,
    within: Span = ALWAYS,
    *,
    account: str | None = None,
    organization_id: UUID | None = None,
) -> dict[str, tuple[int, int]]:
    """Debits and credits of each account, or of one, of one tenant or all."""
    debit = func.coalesce(func.sum(func.greatest(LedgerPosting.amount, 0)), 0)
    credit = func.coalesce(func.sum(func.greatest(-LedgerPosting.amount, 0)), 0)
    statement = (
        select(LedgerPosting.account, debit, credit)
        .where(LedgerPosting.consortium_id == consortium_id, *within.conditions())
        .group_by(LedgerPosting.account)
    )
    if account is not None:
        statement = statement.where(LedgerPosting.account == account)
    if organization_id is not None:
        statement = statement.where(LedgerPosting.organization_id == organization_id)
    rows = (await session.execute(statement)).all()
    return {code: (int(debits), int(credits)) for code, debits, credits in rows}


async def postings_of_account(
    session: AsyncSession,
    consortium_id: UUID,
    account: str,
    *,
    organization_id: UUID | None = None,
    within: Span = ALWAYS,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[tuple[LedgerPosting, LedgerTransaction]]:
    """An account's lines with their transactions, newest first."""
    statement = (
        select(LedgerPosting, LedgerTransaction)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerPosting.consortium_id == consortium_id, LedgerPosting.account == account)
        .where(*within.conditions())
    )
    if organization_id is not None:
        statement = statement.where(LedgerPosting.organization_id == organization_id)
    order = (LedgerPosting.occurred_at, LedgerPosting.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def journal_lines(
    session: AsyncSession, consortium_id: UUID, within: Span = ALWAYS
) -> Sequence[tuple[LedgerPosting, LedgerTransaction]]:
    """All lines with their transactions, oldest first, each transaction's debits first."""
    statement = (
        select(LedgerPosting, LedgerTransaction)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerPosting.transaction_id)
        .where(LedgerPosting.consortium_id == consortium_id, *within.conditions())
        .order_by(
            LedgerTransaction.occurred_at,
            LedgerTransaction.id,
            LedgerPosting.amount.desc(),
            LedgerPosting.id,
        )
    )
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def balance_up_to(
    session: AsyncSession,
    consortium_id: UUID,
    account: str,
    upto: tuple[datetime, UUID],
    organization_id: UUID | None = None,
) -> int:
    """The balance of an account right after one of its lines."""
    statement = select(func.coalesce(func.sum(LedgerPosting.amount), 0)).where(
        LedgerPosting.consortium_id == consortium_id,
        LedgerPosting.account == account,
        tuple_(LedgerPosting.occurred_at, LedgerPosting.id) <= tuple_(*upto),
    )
    if organization_id is not None:
        statement = statement.where(LedgerPosting.organization_id == organization_id)
    return int(await session.scalar(statement) or 0)


async def transaction(
    session: AsyncSession, transaction_id: UUID, consortium_id: UUID
) -> LedgerTransaction | None:
    """A transaction of a consortium."""
    statement = select(LedgerTransaction).where(
        LedgerTransaction.id == transaction_id,
        LedgerTransaction.organization_id == consortium_id,
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def transactions(
    session: AsyncSession,
    consortium_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[LedgerTransaction]:
    """The journal, newest first."""
    order = (LedgerTransaction.occurred_at, LedgerTransaction.id)
    statement = select(LedgerTransaction).where(LedgerTransaction.organization_id == consortium_id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def amounts(
    session: AsyncSession, consortium_id: UUID, transaction_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """What each transaction moved: its debits, which are its credits too."""
    statement = (
        select(LedgerPosting.transaction_id, func.sum(func.greatest(LedgerPosting.amount, 0)))
        .where(
            LedgerPosting.consortium_id == consortium_id,
            LedgerPosting.transaction_id.in_(transaction_ids),
        )
        .group_by(LedgerPosting.transaction_id)
    )
    return {row[0]: int(row[1]) for row in (await session.execute(statement)).all()}


async def postings_of(
    session: AsyncSession, consortium_id: UUID, transaction_ids: Sequence[UUID]
) -> Sequence[LedgerPosting]:
    """The lines of transactions, debits first."""
    statement = (
        select(LedgerPosting)
        .where(
            LedgerPosting.consortium_id == consortium_id,
            LedgerPosting.transaction_id.in_(transaction_ids),
        )
        .order_by(LedgerPosting.transaction_id, LedgerPosting.amount.desc(), LedgerPosting.id)
    )
    return (await session.execute(statement)).scalars().all()
