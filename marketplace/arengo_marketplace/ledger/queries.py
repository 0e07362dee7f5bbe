"""GraphQL queries of the ledger."""

from __future__ import annotations

from datetime import date

import strawberry

from arengo_core.api.connection import Connection, connection_of, page_size
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.cursors import cursor_at, instant_and_id
from arengo_marketplace.ledger import repository, service
from arengo_marketplace.ledger.repository import Span
from arengo_marketplace.ledger.types import (
    LedgerAccountType,
    LedgerPostingType,
    LedgerStatementType,
    LedgerTransactionType,
)
from arengo_marketplace.permissions import LEDGER


@strawberry.type
class LedgerQuery:
    """Root queries of the ledger."""

    @strawberry.field(
        description="A consortium's accounts with debits and credits, now or at the end of a day;"
        " for its officers."
    )
    async def ledger(
        self, info: Info, consortium_id: strawberry.ID, on: date | None = None
    ) -> list[LedgerAccountType]:
        """The trial balance."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, LEDGER)
        uow = info.context.uow
        async with uow.lock:
            totals = await service.trial_balance(uow, consortium, on)
        return [LedgerAccountType.of(one) for one in totals]

    @strawberry.field(
        description="The journal of a consortium's ledger, newest first; for its officers."
    )
    async def ledger_transactions(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[LedgerTransactionType]:
        """A page of the journal, each transaction with its lines."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, LEDGER)
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.transactions(
                uow.session, consortium, after=instant_and_id(after), limit=size + 1
            )
            lines = await repository.postings_of(uow.session, consortium, [row.id for row in rows])
        return connection_of(
            [LedgerTransactionType.of(row, lines) for row in rows],
            [cursor_at(row.occurred_at, row.id) for row in rows],
            size,
        )

    @strawberry.field(
        description="An account's lines, newest first, of one member or all; for officers."
    )
    async def ledger_postings(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        account: str,
        organization_id: strawberry.ID | None = None,
        from_day: date | None = None,
        until_day: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[LedgerPostingType]:
        """A page of an account's lines."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, LEDGER)
        size = page_size(first)
        member = None
        if organization_id is not None:
            member = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.postings_of_account(
                uow.session,
                consortium,
                service.account_named(account).code,
                organization_id=member,
                within=Span(from_day, until_day),
                after=instant_and_id(after),
                limit=size + 1,
            )
        return connection_of(
            [LedgerPostingType.of(*row) for row in rows],
            [cursor_at(row[0].occurred_at, row[0].id) for row in rows],
            size,
        )

    @strawberry.field(
        description="How an account stood and moved in some days, of one member or all; officers'."
    )
    async def ledger_statement(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        account: str,
        organization_id: strawberry.ID | None = None,
        from_day: date | None = None,
        until_day: date | None = None,
    ) -> LedgerStatementType:
        """A statement of account."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, LEDGER)
        member = None
        if organization_id is not None:
            member = local_id(organization_id, "Organization", "organization_id")
        uow = info.context.uow
        async with uow.lock:
            found = await service.account_statement(
                uow, consortium, account, Span(from_day, until_day), member
            )
        return LedgerStatementType.of(found)

    @strawberry.field(
        description="The ledger as text for the programs ledger and hledger; for its officers."
    )
    async def ledger_journal(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        from_day: date | None = None,
        until_day: date | None = None,
    ) -> str:
        """Journal text."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        info.context.caller.require(consortium, LEDGER)
        uow = info.context.uow
        async with uow.lock:
            return await service.journal(uow, consortium, Span(from_day, until_day))
