"""The office's pages on the ledger: trial balance, journal, accounts, transactions."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.i18n import gettext
from arengo_core.money import Money
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.forms import day_named
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.cursors import cursor_at, instant_and_id
from arengo_marketplace.ledger import repository, service
from arengo_marketplace.ledger.chart import BY_CODE
from arengo_marketplace.ledger.journal import Line
from arengo_marketplace.ledger.repository import Span
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.permissions import LEDGER

PAGE = 50


async def _consortium(uow: UnitOfWork) -> UUID:
    return (await acting_in(uow, LEDGER)).consortium_id


def _day(request: ArengoRequest, name: str) -> date | None:
    text = request.query_params.get(name, "")
    return day_named(text, name) if text else None


def _span(request: ArengoRequest) -> Span:
    return Span(_day(request, "from"), _day(request, "until"))


def _query(**asked: object) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


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
        consortium_id = await _consortium(uow)
        on = _day(request, "on")
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
            on=on,
            totals=await service.trial_balance(uow, consortium_id, on),
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
        totals = await service.trial_balance(uow, await _consortium(uow), _day(request, "on"))
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
        within=_span(request),
        after=instant_and_id(request.query_params.get("after")) if limit else None,
        limit=limit,
    )
    return list(rows)


@get("/office/ledger/accounts/{code:str}", name="ledger-account")
async def account_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Response[str]:
    """An account's lines with the running balance, of one member or all."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = await _consortium(uow)
        rows = await _lines(uow, request, consortium_id, code, PAGE + 1)
        shown, member, within = rows[:PAGE], _member(request), _span(request)
        names = await service.names_of(uow, shown)
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
            within=within,
            asked=_query(**{"member": member, "from": within.first, "until": within.last}),
            statement=await service.account_statement(uow, consortium_id, code, within, member),
            next=cursor_at(shown[-1][0].occurred_at, shown[-1][0].id) if len(rows) > PAGE else "",
        )


@get("/office/ledger/accounts/{code:str}/csv", name="ledger-account-csv")
async def account_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Response[bytes]:
    """An account's lines as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await _lines(uow, request, await _consortium(uow), code, None)
        names = await service.names_of(uow, rows)
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
        consortium_id = await _consortium(uow)
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
            names=await service.names_of(uow, [(posting, found) for posting in postings]),
            account_of=lambda code: BY_CODE[code],
        )


@get("/office/ledger/journal/csv", name="ledger-journal-csv")
async def journal_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """Every line of the ledger as CSV, oldest first, of all time or some days."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await repository.journal_lines(uow.session, await _consortium(uow), _span(request))
        names = await service.names_of(uow, rows)
    headings = ("When", "Key", "Description", "Code", "Account", "Member", "Amount", "Currency")
    return csv_answer(
        "ledger-journal",
        [gettext(text) for text in headings],
        [
            (
                posting.occurred_at.isoformat(timespec="seconds"),
                transaction.key,
                transaction.description,
                posting.account,
                gettext(BY_CODE[posting.account].title),
                names.get(posting.organization_id, ""),
                Money(posting.amount, posting.currency),
                posting.currency,
            )
            for posting, transaction in rows
        ],
    )


@get("/office/ledger/journal", name="ledger-journal")
async def journal_text(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The ledger as text for the programs ``ledger`` and ``hledger``."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        text = await service.journal(uow, await _consortium(uow), _span(request))
    return Response(
        text,
        media_type="text/plain",
        headers={"content-disposition": 'attachment; filename="ledger.journal"'},
    )


ROUTES: list[Any] = [
    ledger_page,
    ledger_csv,
    account_page,
    account_csv,
    transaction_page,
    journal_csv,
    journal_text,
]
