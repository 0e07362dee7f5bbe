"""Pages of the consortium office: payments, money due, the collecting entity's account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import format_date, format_datetime, format_money, gettext
from arengo_core.money import Money, total
from arengo_core.organizations import repository as organizations
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_core.web.spreadsheet import csv_answer
from arengo_payments.accounts import service as accounts
from arengo_payments.base import Purpose
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting.models import PaymentPartRow, PaymentRow
from arengo_payments.collecting.service import PUBLIC_PAYEE
from arengo_payments.marketplace import held_for_itself
from arengo_payments.overview import texts
from arengo_payments.overview.queries import cursor_of, keyset
from arengo_payments.payouts import repository as payout_rows
from arengo_payments.payouts import service as payouts
from arengo_payments.permissions import PAYMENTS, PAYOUTS
from arengo_payments.refunds import repository as refunds

_PAGE = 25
_HOME = "/office/payments"


def _place(caller: Caller) -> UUID:
    place = acting_for(caller)
    caller.require(place, PAYMENTS)
    return place


@get(_HOME, name="office-payments")
async def overview(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What was paid, what went back, what is due to whom, and who collects."""
    return await _overview(request, host, caller, Form({}))


async def _overview(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[str]:
    place = _place(caller)
    after = keyset(request.query_params.get("after"))
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await payments.payments_of_consortium(uow.session, place, _PAGE + 1, after)
        more = rows[-2] if len(rows) > _PAGE else None
        entity = await accounts.entity(host, uow, place)
        dues = await payouts.dues(host, uow, place)
        held = await held_for_itself(host, uow, place)
        may_note = caller.may(place, PAYOUTS)
        own = form if "fees" in form.fields else Form({})
        return await page(
            request,
            uow,
            "payments/office.html",
            face="office",
            status=400 if form.errors else 200,
            form=Form({}) if "fees" in form.fields else form,
            own=own,
            held=format_money(held),
            may_transfer=may_note and held.amount > 0,
            transfers=[
                {
                    "day": format_date(row.paid_on),
                    "reference": row.reference or "—",
                    "fees": format_money(row.kept),
                    "amount": format_money(row.money),
                }
                for row in await payout_rows.paid_to(uow.session, place, _PAGE)
            ],
            rows=await _payment_rows(uow, place, rows[:_PAGE]),
            refunds=await _refund_rows(uow, place),
            dues=[
                {"name": due.name, "amount": format_money(due.amount)} for due in dues if due.amount
            ],
            payable=[
                (due.merchant_id, due.name) for due in dues if may_note and due.amount.amount > 0
            ],
            due_total=format_money(total(due.amount for due in dues)),
            entity=entity,
            public_payee=gettext(PUBLIC_PAYEE, name=entity.name)
            if entity and entity.is_public_administration
            else "",
            today=clock.today().isoformat(),
            next_page=f"{_HOME}?after={cursor_of(more.created_at, more.id)}" if more else "",
            first_page=_HOME if after else "",
        )


async def _payment_rows(
    uow: UnitOfWork, place: UUID, rows: Sequence[PaymentRow]
) -> list[dict[str, str]]:
    parts = await payments.parts_of_payments(uow.session, place, [row.id for row in rows])
    named = [part.organization_id for found in parts.values() for part in found]
    named += [row.member_id for row in rows if row.member_id]
    names = await organizations.by_ids(uow.session, named)
    return [_payment_row(row, parts.get(row.id, []), names) for row in rows]


def _payment_row(
    row: PaymentRow, parts: list[PaymentPartRow], names: dict[UUID, Any]
) -> dict[str, str]:
    is_statement = row.purpose == Purpose.STATEMENT
    whose = [row.member_id] if is_statement else [part.organization_id for part in parts]
    merchants = [names[one].name for one in whose if one in names]
    return {
        "when": format_datetime(row.created_at),
        "order": parts[0].label if is_statement and parts else str(row.subject_id)[-12:],
        "link": f"{_HOME}/statements/{row.id}" if is_statement else "",
        "merchants": ", ".join(merchants),
        "method": texts.method(row.method),
        "state": texts.payment_state(row.state),
        "amount": format_money(row.money),
    }


async def _refund_rows(uow: UnitOfWork, place: UUID) -> list[dict[str, str]]:
    rows = await refunds.of_consortium(uow.session, place, _PAGE)
    names = await organizations.by_ids(uow.session, [row.organization_id for row in rows])
    return [
        {
            "when": format_datetime(row.created_at),
            "merchant": names[row.organization_id].name if row.organization_id in names else "",
            "reason": row.reason,
            "state": texts.refund_state(row.state),
            "amount": format_money(row.money),
        }
        for row in rows
    ]


@get(f"{_HOME}/payments.csv", name="office-payments-csv")
async def payments_csv(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """Every payment as CSV; amounts in euro with a comma."""
    place = _place(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await payments.payments_of_consortium(uow.session, place, 100_000)
        return csv_answer(
            "payments",
            [
                gettext("Payment"),
                gettext("Order or statement"),
                gettext("Paid for"),
                gettext("Created"),
                gettext("Way to pay"),
                gettext("State"),
                gettext("Amount"),
                gettext("Refunded"),
                gettext("Currency"),
            ],
            [
                (
                    str(row.id),
                    str(row.subject_id),
                    texts.purpose(row.purpose),
                    row.created_at.isoformat(),
                    texts.method(row.method),
                    texts.payment_state(row.state),
                    Money(row.amount, row.currency),
                    Money(row.refunded, row.currency),
                    row.currency,
                )
                for row in rows
            ],
        )


@get(f"{_HOME}/due.csv", name="office-payments-due-csv")
async def due_csv(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """Money due to each merchant as CSV."""
    place = _place(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        dues = await payouts.dues(host, uow, place)
    return csv_answer(
        "due",
        [gettext("Merchant"), gettext("Due"), gettext("Currency")],
        [(due.name, due.amount, due.amount.currency) for due in dues],
    )


@post(
    f"{_HOME}/payouts",
    name="office-payments-payout",
    opt={"mutation": "recordPayout"},
    status_code=303,
)
async def record_payout(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str] | Redirect:
    """Note a transfer that was made to a merchant."""
    place = _place(caller)

    async def act(uow: UnitOfWork, form: Form) -> object:
        return await payouts.record(
            host,
            uow,
            consortium_id=place,
            merchant_id=form.uuid("merchant"),
            amount=form.money("amount"),
            paid_on=_day(form),
            reference=form["reference"],
            key=form["idempotency_key"],
        )

    again = partial(_overview, request, host, caller)
    done = Flash("success", gettext("The transfer is noted."))
    return await acted(request, host, caller, act, again, _HOME, done)


@post(
    f"{_HOME}/transfers",
    name="office-payments-transfer",
    opt={"mutation": "recordGatewayTransfer"},
    status_code=303,
)
async def record_transfer(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str] | Redirect:
    """Note what the gateway paid out to the consortium's bank."""
    place = _place(caller)

    async def act(uow: UnitOfWork, form: Form) -> object:
        return await payouts.record_transfer(
            host,
            uow,
            consortium_id=place,
            amount=form.money("amount"),
            fees=form.money("fees") if form["fees"].strip() else Money(0),
            paid_on=_day(form),
            reference=form["reference"],
            key=form["idempotency_key"],
        )

    again = partial(_overview, request, host, caller)
    done = Flash("success", gettext("The payout is noted and booked."))
    return await acted(request, host, caller, act, again, _HOME, done)


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(form["paid_on"])
    except ValueError:
        raise InvalidInputError(
            "{value} is not a day: 2026-11-30 is expected.",
            field="paid_on",
            value=form["paid_on"] or "—",
        ) from None


@get(f"{_HOME}/account", name="office-payments-account")
async def account_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who collects card payments, and with which keys."""
    return await _account(request, host, caller, Form({}))


async def _account(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    place = _place(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        entity = await accounts.entity(host, uow, place)
        stored = entity.gateway_settings if entity else {}
        companies = await accounts.candidates(uow, place)
        return await page(
            request,
            uow,
            "payments/account.html",
            face="office",
            status=400 if form.errors else 200,
            form=form
            if len(form)
            else {
                "organization": str(entity.organization_id) if entity else "",
                "gateway": entity.gateway if entity else "",
                "api_base": stored.get("api_base", ""),
                "public": "yes" if entity and entity.is_public_administration else "",
            },
            errors=form.errors,
            entity=entity,
            gateways=accounts.gateways(host),
            companies=[("", gettext("A company that is not in the list"))]
            + [(str(row.id), row.name) for row in companies],
            kept={name: accounts.masked(value) for name, value in stored.items()},
            webhook_url=host.url(f"/webhooks/payments/stripe/{place}"),
        )


@post(
    f"{_HOME}/account",
    name="office-payments-account-post",
    opt={"mutation": "chooseCollectingAccount"},
    status_code=303,
)
async def choose_account(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str] | Redirect:
    """Name the collecting entity and its account."""
    form = await read_form(request)
    place = _place(caller)
    try:
        choice = accounts.AccountChoice(
            gateway=form["gateway"],
            organization_id=form.uuid("organization") if form["organization"] else None,
            is_public_administration=form.flag("public"),
            company_name=form["company_name"],
            vat_number=form["vat_number"],
            secret_key=form["secret_key"],
            webhook_secret=form["webhook_secret"],
            api_base=form["api_base"],
        )
        async with host.unit_of_work(caller) as uow:
            chosen = await accounts.choose(host, uow, place, choice)
    except ArengoError as error:
        form.refuse(error)
        return await _account(request, host, caller, form)
    return redirect(
        request,
        f"{_HOME}/account",
        Flash(
            "success",
            gettext("{name} collects from now on.", name=chosen.name),
            gettext("Test the connection before the first shopper does."),
        ),
    )


@post(
    f"{_HOME}/test",
    name="office-payments-test",
    opt={"mutation": "testPaymentGateway"},
    status_code=303,
)
async def test_connection(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Ask the gateway whether the keys work."""
    probe = await accounts.probe(host, caller, _place(caller))
    if probe.works:
        flash = Flash("success", gettext("The gateway answers and takes the keys."))
    else:
        flash = Flash("danger", gettext("The connection does not work."), probe.detail)
    return redirect(request, f"{_HOME}/account", flash)


ROUTES: list[Any] = [
    overview,
    payments_csv,
    due_csv,
    record_payout,
    record_transfer,
    account_page,
    choose_account,
    test_connection,
]
