"""Pages of the office on one statement's online payment: what it is, and giving it back."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import format_datetime, format_money, format_number, gettext
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.web.acts import acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash
from arengo_core.web.forms import Form
from arengo_core.web.pages import acting_for, page
from arengo_payments.base import Purpose
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting.states import COLLECTED
from arengo_payments.overview import texts
from arengo_payments.permissions import GIVE_BACK, PAYMENTS
from arengo_payments.refunds import repository as refunds
from arengo_payments.statements import service

_HOME = "/office/payments/statements/{payment_id:uuid}"


@get(_HOME, name="office-statement-payment")
async def payment_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, payment_id: FromPath[UUID]
) -> Response[str]:
    """One online payment of a statement."""
    return await _show(request, host, caller, payment_id, Form({}))


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, payment_id: UUID, form: Form
) -> Response[str]:
    place = acting_for(caller)
    caller.require(place, PAYMENTS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await payments.payment(uow.session, place, payment_id)
        if row is None or row.purpose != Purpose.STATEMENT or row.member_id is None:
            raise NotFoundError("There is no such payment of a statement.")
        [part] = await payments.parts(uow.session, place, payment_id)
        attempt = None
        if row.attempt_id is not None:
            attempt = await payments.attempt(uow.session, place, row.attempt_id)
        back = (await refunds.of_payments(uow.session, place, [payment_id])).get(payment_id, [])
        names = await organizations.by_ids(uow.session, [row.member_id])
        left = row.amount - row.refunded if row.state in COLLECTED else 0
        return await page(
            request,
            uow,
            "payments/statement.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            payment_id=payment_id,
            member=names[row.member_id].name if row.member_id in names else "—",
            label=part.label,
            statement_url=f"/office/statements/{row.subject_id}",
            amount=format_money(row.money),
            refunded=format_money(Money(row.refunded, row.currency)),
            state=texts.payment_state(row.state),
            paid_at=format_datetime(row.paid_at) if row.paid_at else "",
            reference=attempt.payment_reference if attempt else "",
            left=format_number(left / 100, 2) if left and caller.may(place, GIVE_BACK) else "",
            refunds=[
                {
                    "when": format_datetime(one.created_at),
                    "reason": one.reason,
                    "state": texts.refund_state(one.state),
                    "amount": format_money(one.money),
                }
                for one in reversed(back)
            ],
        )


@post(
    f"{_HOME}/refund",
    name="office-statement-payment-refund",
    opt={"mutation": "refundStatementPayment"},
    status_code=303,
)
async def give_back(
    request: ArengoRequest, host: FromHost, caller: FromCaller, payment_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Give money of it back."""

    async def act(uow: UnitOfWork, form: Form) -> object:
        return await service.give_back(
            uow,
            payment_id=payment_id,
            amount=form.money("amount"),
            reason=form["reason"],
            key=form["idempotency_key"],
        )

    again = partial(_show, request, host, caller, payment_id)
    done = Flash("success", gettext("The money goes back; the statement shows it once it is made."))
    place = f"/office/payments/statements/{payment_id}"
    return await acted(request, host, caller, act, again, place, done)


ROUTES: list[Any] = [payment_page, give_back]
