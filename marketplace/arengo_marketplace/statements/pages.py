"""Pages on statements: lists, one statement, and everything that its figures come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core import clock
from arengo_core.caller import Caller, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.identity.labels import ROLE_LABELS
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.forms import Form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.deliveries.models import Reason
from arengo_marketplace.dunning import repository as pauses
from arengo_marketplace.dunning import service as dunning
from arengo_marketplace.members.acting import Acting, acting_in
from arengo_marketplace.members.addresses import ITS_OWN, NOBODY
from arengo_marketplace.months import month_key
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES, INCOME
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.pages import kind_label
from arengo_marketplace.settlements.wording import adjustments_of, explain, stored_rule_in_words
from arengo_marketplace.statements import online, payments, repository, service
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.statements.sheet import sheet_of
from arengo_marketplace.titles import service_title

PAGE = 50


async def _page_of(
    uow: UnitOfWork, acting: Acting, cursor: str | None, limit: int | None
) -> list[Statement]:
    rows = await repository.page(
        uow.session,
        organization_id=None if acting.is_office else acting.organization_id,
        consortium_id=acting.consortium_id if acting.is_office else None,
        after=day_and_id(cursor),
        limit=limit,
    )
    return list(rows)


@get("/office/statements", name="statements")
async def statements_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """A member's statements, or all of a consortium's; what is open."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        rows = await _page_of(uow, acting, request.query_params.get("after"), PAGE + 1)
        standings = await service.standings(uow, rows[:PAGE])
        names = await organizations.by_ids(uow.session, [row.organization_id for row in rows])
        return await page(
            request,
            uow,
            "marketplace/statements/list.html",
            face=acting.face,
            acting_in=acting,
            standings=standings,
            names=names,
            next=cursor_at(rows[PAGE - 1].starts_on, rows[PAGE - 1].id) if len(rows) > PAGE else "",
            balance=await service.owed(
                uow, acting.consortium_id, None if acting.is_office else acting.organization_id
            ),
            label_of=lambda row: row.period.label(current_locale()),
        )


@get("/office/statements/csv", name="statements-csv")
async def statements_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """All statements that the caller may see, as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        standings = await service.standings(uow, await _page_of(uow, acting, None, None))
        names = await organizations.by_ids(
            uow.session, [one.statement.organization_id for one in standings]
        )
    headings = [
        gettext(text)
        for text in (
            "Number",
            "Member",
            "Month",
            "Amount",
            "Paid to suppliers",
            "Inhabitants",
            "Per inhabitant",
            "Due",
            "Paid",
            "Open",
        )
    ]
    rows = [
        (
            one.statement.number,
            names[one.statement.organization_id].name,
            month_key(one.statement.period),
            Money(one.statement.amount, one.statement.currency),
            Money(one.statement.advanced, one.statement.currency),
            one.statement.population,
            one.statement.per_inhabitant,
            one.statement.due_on,
            Money(one.paid, one.statement.currency),
            Money(one.open, one.statement.currency),
        )
        for one in standings
    ]
    return csv_answer("statements", headings, rows)


async def show(
    request: ArengoRequest, host: Host, caller: Caller, statement_id: UUID, form: Form
) -> Response[str]:
    """The page of a statement, with a form that was refused or an empty one."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        sheet = await sheet_of(uow, host, statement_id)
        statement = sheet.statement
        may_record = caller.may(statement.consortium_id, INCOME)
        payment = (await online.latest(host, uow, [statement])).get(statement.id)
        return await page(
            request,
            uow,
            "marketplace/statements/statement.html",
            face=acting.face,
            status=400 if form.errors else 200,
            form=form,
            sheet=sheet,
            statement=statement,
            standing=sheet.standing,
            settlement=sheet.settlement,
            label=statement.period.label(current_locale()),
            month=month_key(statement.period),
            member=sheet.member,
            consortium=sheet.consortium,
            shares=[(share, service_title(host.registry, share.service)) for share in sheet.shares],
            payments=sheet.payments,
            may_record=may_record,
            credit=await payments.credits_of(uow, statement) if may_record else 0,
            today=clock.today().isoformat(),
            role_label=_role_label,
            reason_label=_reason,
            dunning=(await dunning.dunnings(uow, statement.consortium_id, [sheet.standing]))[
                statement.id
            ],
            pauses=await pauses.pauses(uow.session, [statement.id], [statement.organization_id]),
            may_dispute=caller.may(statement.organization_id, FIGURES),
            online_payment=payment,
            may_pay=await online.may_pay(host, uow, sheet.standing, payment),
        )


async def _names(uow: UnitOfWork, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of the members that paid suppliers."""
    found = await organizations.by_ids(uow.session, [one for one in ids if one is not None])
    return {key: row.name for key, row in found.items()}


def _reason(reason: str) -> str:
    """Why nothing was sent, in words; else what the way answered."""
    known = {
        Reason.NOBODY: gettext("The member has no people and no address."),
        Reason.GONE: gettext("The person has left the member."),
        Reason.SETTLED: gettext("It was paid before."),
    }
    return known[Reason(reason)] if reason in set(Reason) else reason


def _role_label(role: str) -> str:
    """Who gets a statement, in words."""
    if role == NOBODY:
        return gettext("Nobody")
    if role == ITS_OWN:
        return gettext("The member's own address")
    return gettext(ROLE_LABELS[Role(role)])


@get("/office/statements/{statement_id:uuid}", name="statement")
async def statement_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[str]:
    """One statement: services, what of it is paid."""
    caller.require_signed_in()
    return await show(request, host, caller, statement_id, Form({}))


@get("/office/statements/{statement_id:uuid}/services/{offer_id:uuid}", name="statement-service")
async def service_page(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    statement_id: FromPath[UUID],
    offer_id: FromPath[UUID],
) -> Response[str]:
    """Why a member pays so much for a service: each part of the rule, and the pool."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        statement = await service.statement_of(uow, statement_id)
        detail = await service.offer_detail(uow, statement, offer_id)
        sign = -1 if statement.reverses_id else 1
        return await page(
            request,
            uow,
            "marketplace/statements/service.html",
            face=acting.face,
            statement=statement,
            label=statement.period.label(current_locale()),
            month=month_key(statement.period),
            share=detail.share,
            offer=detail.offer,
            title=service_title(host.registry, detail.share.service),
            rule=stored_rule_in_words(detail.offer.rule, host.registry),
            parts=explain(detail.share, host.registry),
            adjustments=adjustments_of(detail.share),
            payers=await _names(uow, [line.paid_by for line in detail.lines]),
            lines=[
                (line, line.amount * sign * (1 if LineKind(line.kind).is_cost else -1))
                for line in detail.lines
            ],
            kind_label=kind_label,
        )


@get("/office/statements/{statement_id:uuid}/lines/{line_id:uuid}", name="statement-line")
async def line_page(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    statement_id: FromPath[UUID],
    line_id: FromPath[UUID],
) -> Response[str]:
    """One cost line of a pool, as it was settled."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        statement = await service.statement_of(uow, statement_id)
        line = await service.line_behind(uow, statement, line_id)
        offers = {share.offer_id: share for share in await service.shares_of(uow, [statement])}
        return await page(
            request,
            uow,
            "marketplace/statements/line.html",
            face=acting.face,
            statement=statement,
            line=line,
            payer=(await _names(uow, [line.paid_by])).get(line.paid_by) if line.paid_by else None,
            grant=await service.grant_behind(uow, line),
            kind=kind_label(line.kind),
            title=service_title(host.registry, offers[line.offer_id].service),
        )


ROUTES: list[Any] = [
    statements_page,
    statements_csv,
    statement_page,
    service_page,
    line_page,
]
