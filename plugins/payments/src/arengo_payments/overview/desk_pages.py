"""Pages of the merchant's desk: money of my orders.

No gate: counters take money without an Activation, and what was begun is finished after one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.i18n import format_date, format_datetime, format_money, gettext
from arengo_core.money import Money
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.pages import acting_for, page
from arengo_core.web.spreadsheet import csv_answer
from arengo_payments.base import COUNTER
from arengo_payments.collecting import counter
from arengo_payments.collecting import repository as payments
from arengo_payments.collecting import service as collecting
from arengo_payments.collecting.models import PaymentPartRow
from arengo_payments.overview import texts
from arengo_payments.payouts import repository as payouts
from arengo_payments.permissions import MONEY
from arengo_payments.refunds import repository as refunds

_NEWEST = 50
_HOME = "/desk/money"


def _place(caller: Caller) -> UUID:
    place = acting_for(caller)
    caller.require(place, MONEY)
    return place


@get(_HOME, name="desk-money")
async def money(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What shoppers paid me, what went back, what is still due to me."""
    place = _place(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        parts = await payments.parts_of_merchant(uow.session, place, _NEWEST)
        gone = await refunds.of_merchant(uow.session, place, _NEWEST)
        passed_on = await payouts.paid_to(uow.session, place, _NEWEST)
        return await page(
            request,
            uow,
            "payments/money.html",
            face="desk",
            due=format_money(await collecting.due_to(host, uow, place)),
            waiting=[part for part in parts if part.method == COUNTER and part.paid_at is None],
            rows=[_row(part) for part in parts],
            refunds=[
                {
                    "when": format_datetime(row.created_at),
                    "amount": format_money(row.money),
                    "state": texts.refund_state(row.state),
                    "reason": row.reason,
                }
                for row in gone
            ],
            payouts=[
                {
                    "day": format_date(row.paid_on),
                    "amount": format_money(row.money),
                    "reference": row.reference,
                }
                for row in passed_on
            ],
        )


def _row(part: PaymentPartRow) -> dict[str, str]:
    return {
        "when": format_datetime(part.created_at),
        "label": part.label,
        "method": texts.method(part.method),
        "paid": format_datetime(part.paid_at) if part.paid_at else gettext("Not yet"),
        "amount": format_money(part.money),
    }


@get(f"{_HOME}/payments.csv", name="desk-money-csv")
async def money_csv(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """Everything that shoppers paid me, as CSV."""
    place = _place(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        parts = await payments.parts_of_merchant(uow.session, place, 100_000)
    return csv_answer(
        "money",
        [
            gettext("Payment"),
            gettext("Order"),
            gettext("Created"),
            gettext("Paid"),
            gettext("Way to pay"),
            gettext("Amount"),
            gettext("Refunded"),
            gettext("Currency"),
        ],
        [
            (
                str(part.payment_id),
                str(part.merchant_order_id),
                part.created_at.isoformat(),
                part.paid_at.isoformat() if part.paid_at else "",
                texts.method(part.method),
                Money(part.amount, part.currency),
                Money(part.refunded, part.currency),
                part.currency,
            )
            for part in parts
        ],
    )


@post(
    f"{_HOME}/{{payment_id:uuid}}/{{merchant_order_id:uuid}}/received",
    name="desk-money-received",
    opt={"mutation": "receivedAtCounter"},
    status_code=303,
)
async def received(
    request: ArengoRequest,
    host: FromHost,
    caller: FromCaller,
    payment_id: FromPath[UUID],
    merchant_order_id: FromPath[UUID],
) -> Redirect:
    """Note that I took the money."""
    async with host.unit_of_work(caller) as uow:
        await counter.received(uow, payment_id, merchant_order_id)
    return redirect(request, _HOME, Flash("success", gettext("The money is noted as received.")))


ROUTES: list[Any] = [money, money_csv, received]
