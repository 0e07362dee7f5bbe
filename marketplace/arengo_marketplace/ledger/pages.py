"""The office's pages on the ledger: trial balance, journal, accounts, transactions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.cursors import cursor_at, instant_and_id
from arengo_marketplace.ledger import repository, service
from arengo_marketplace.ledger.chart import BY_CODE
from arengo_marketplace.ledger.models import LedgerPosting, LedgerTransaction
from arengo_marketplace.members.acting import office_of

PAGE = 50
Line = tuple[LedgerPosting, LedgerTransaction]


def _member(request: ArengoRequest) -> UUID | None:
    text = request.query_params.get("member", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field="member") from None


@get("/office/ledger", name="ledger")
async def ledger_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The trial balance and the journal."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        rows = await repository.transactions(
            uow.session,
            consortium_id,
            after=instant_and_id(request.query_params.get("after")),
            limit=PAGE + 1,
        )
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        return await page(
            request,
            uow,
            "marketplace/ledger/ledger.html",
            face="office",
            totals=await service.trial_balance(uow, consortium_id),
            transactions=rows[:PAGE],
            amounts=await repository.amounts(
                uow.session, consortium_id, [row.id for row in rows[:PAGE]]
            ),
            next=cursor_at(last.occurred_at, last.id) if last else "",
        )


@get("/office/ledger/csv", name="ledger-csv")
async def ledger_csv(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[bytes]:
    """The trial balance as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        totals = await service.trial_balance(uow, await office_of(uow))
    headings = [gettext(text) for text in ("Code", "Account", "Debits", "Credits", "Balance")]
    rows = [
        (
            one.account.code,
            gettext(one.account.title),
            Money(one.debits),
            Money(one.credits),
            Money(one.balance),
        )
        for one in totals
    ]
    return csv_answer("ledger", headings, rows)


async def _lines(
    uow: UnitOfWork, request: ArengoRequest, consortium_id: UUID, code: str, limit: int | None
) -> list[Line]:
    rows = await repository.postings_of_account(
        uow.session,
        consortium_id,
        service.account_named(code).code,
        organization_id=_member(request),
        after=instant_and_id(request.query_params.get("after")) if limit else None,
        limit=limit,
    )
    return list(rows)


async def _names(uow: UnitOfWork, postings: list[LedgerPosting]) -> dict[UUID, str]:
    """Names of the members that lines concern; the consortium's own lines name nobody."""
    ids = [row.organization_id for row in postings if row.organization_id != row.consortium_id]
    return {key: row.name for key, row in (await organizations.by_ids(uow.session, ids)).items()}


@get("/office/ledger/accounts/{code:str}", name="ledger-account")
async def account_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Response[str]:
    """An account's lines with the running balance, of one member or all."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        rows = await _lines(uow, request, consortium_id, code, PAGE + 1)
        shown, member = rows[:PAGE], _member(request)
        names = await _names(uow, [posting for posting, _ in shown])
        running = 0
        if shown:
            newest = shown[0][0]
            running = await repository.balance_up_to(
                uow.session, consortium_id, code, (newest.occurred_at, newest.id), member
            )
        balances: list[int] = []
        for posting, _ in shown:
            balances.append(running)
            running -= posting.amount
        return await page(
            request,
            uow,
            "marketplace/ledger/account.html",
            face="office",
            account=service.account_named(code),
            member=member,
            member_name=names.get(member, "") if member else "",
            lines=[
                (posting, transaction, balance)
                for (posting, transaction), balance in zip(shown, balances, strict=True)
            ],
            names=names,
            balance=await service.balance(uow, consortium_id, code, member),
            next=cursor_at(shown[-1][0].occurred_at, shown[-1][0].id) if len(rows) > PAGE else "",
        )


@get("/office/ledger/accounts/{code:str}/csv", name="ledger-account-csv")
async def account_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Response[bytes]:
    """An account's lines as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await _lines(uow, request, await office_of(uow), code, None)
        names = await _names(uow, [posting for posting, _ in rows])
    headings = [gettext(text) for text in ("When", "Description", "Member", "Amount", "Key")]
    return csv_answer(
        f"ledger-{code}",
        headings,
        [
            (
                posting.occurred_at.isoformat(timespec="seconds"),
                transaction.description,
                names.get(posting.organization_id, ""),
                Money(posting.amount, posting.currency),
                transaction.key,
            )
            for posting, transaction in rows
        ],
    )


@get("/office/ledger/transactions/{transaction_id:uuid}", name="ledger-transaction")
async def transaction_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, transaction_id: FromPath[UUID]
) -> Response[str]:
    """One transaction with all its lines."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await office_of(uow)
        found = await repository.transaction(uow.session, transaction_id, consortium_id)
        if found is None:
            raise NotFoundError("There is no such transaction.")
        postings = await repository.postings_of(uow.session, consortium_id, [found.id])
        return await page(
            request,
            uow,
            "marketplace/ledger/transaction.html",
            face="office",
            transaction=found,
            postings=postings,
            names=await _names(uow, list(postings)),
            account_of=lambda code: BY_CODE[code],
        )


ROUTES: list[Any] = [
    ledger_page,
    ledger_csv,
    account_page,
    account_csv,
    transaction_page,
]
