"""The office's pages and acts on payments: what is overdue, what came in, what is taken back."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError
from arengo_core.i18n import current_locale, error_text, gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, day_named, read_form
from arengo_core.web.pages import page
from arengo_core.web.spreadsheet import csv_answer
from arengo_marketplace.cursors import cursor_at, day_and_id
from arengo_marketplace.dunning import service as dunning
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.permissions import INCOME
from arengo_marketplace.statements import payments, service
from arengo_marketplace.statements.pages import show

PAGE = 50


@get("/office/overdue", name="overdue")
async def overdue_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who should have paid by now: how much, since when."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = (await acting_in(uow, INCOME)).consortium_id
        after = day_and_id(request.query_params.get("after"))
        found = await service.overdue(uow, consortium_id, after=after, limit=PAGE + 1)
        shown = found[:PAGE]
        last = shown[-1].statement if len(found) > PAGE else None
        return await page(
            request,
            uow,
            "marketplace/statements/overdue.html",
            face="office",
            standings=shown,
            dunnings=await dunning.dunnings(uow, consortium_id, shown),
            totals=await service.open_by_age(uow, consortium_id),
            names=await organizations.by_ids(
                uow.session, [one.statement.organization_id for one in shown]
            ),
            next=cursor_at(last.due_on, last.id) if last else "",
            label_of=lambda row: row.period.label(current_locale()),
        )


@get("/office/overdue/csv", name="overdue-csv")
async def overdue_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """All that is overdue, as CSV."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        consortium_id = (await acting_in(uow, INCOME)).consortium_id
        found = await service.overdue(uow, consortium_id)
        reminders = await dunning.dunnings(uow, consortium_id, found)
        names = await organizations.by_ids(
            uow.session, [one.statement.organization_id for one in found]
        )
    headings = [
        gettext(text)
        for text in (
            "Number",
            "Member",
            "Due",
            "Days overdue",
            "Open",
            "Reminders",
            "Reminders rest",
        )
    ]
    rows = [
        (
            one.statement.number,
            names[one.statement.organization_id].name,
            one.statement.due_on,
            one.days_overdue,
            Money(one.open, one.statement.currency),
            last.level if (last := reminders[one.statement.id].last) else 0,
            pause.reason if (pause := reminders[one.statement.id].pause) else "",
        )
        for one in found
    ]
    return csv_answer("overdue", headings, rows)


@post(
    "/office/statements/{statement_id:uuid}/payments",
    name="statement-payment",
    opt={"mutation": "recordStatementPayment"},
    status_code=303,
)
async def record_payment(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Record that a statement was paid."""

    async def act(uow: UnitOfWork, form: Form) -> object:
        return await payments.record(
            uow,
            statement_id=statement_id,
            amount=form.money("amount"),
            paid_on=day_named(form["paid_on"], "paid_on"),
            reference=form["reference"],
            is_over=form.flag("is_over"),
            idempotency_key=form["idempotency_key"] or None,
        )

    again = partial(show, request, host, caller, statement_id)
    done = Flash("success", gettext("The payment is recorded."))
    return await acted(
        request, host, caller, act, again, f"/office/statements/{statement_id}", done
    )


@post(
    "/office/statements/{statement_id:uuid}/payments/{payment_id:uuid}/take-back",
    name="statement-payment-back",
    opt={"mutation": "takeStatementPaymentBack"},
    status_code=303,
)
async def take_back(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    statement_id: FromPath[UUID],
    payment_id: FromPath[UUID],
) -> Redirect:
    """Take a payment back that was recorded wrongly."""
    caller.require_signed_in()
    form = await read_form(request)
    done = Flash("success", gettext("The payment is taken back; both entries stay visible."))
    try:
        async with host.unit_of_work(caller) as uow:
            await payments.take_back(uow, payment_id=payment_id, reason=form["reason"])
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        done = Flash("danger", gettext("The payment was not taken back."), error_text(error))
    return redirect(request, f"/office/statements/{statement_id}", done)


@post(
    "/office/statements/{statement_id:uuid}/credits",
    name="statement-credits",
    opt={"mutation": "useStatementCredits"},
    status_code=303,
)
async def use_credits(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Redirect:
    """Pay a statement with the member's credit."""
    caller.require_signed_in()
    done = Flash("success", gettext("The credit is used for this statement."))
    try:
        async with host.unit_of_work(caller) as uow:
            await payments.use_credits(uow, statement_id=statement_id)
    except ConflictError as error:
        done = Flash("danger", gettext("The credit was not used."), error_text(error))
    return redirect(request, f"/office/statements/{statement_id}", done)


ROUTES: list[Any] = [overdue_page, overdue_csv, record_payment, take_back, use_credits]
