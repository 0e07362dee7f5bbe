"""The merchant's desk: orders to prepare, hand over, cancel and refund; money due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core import clock
from arengo_core.api.connection import decode_cursor, encode_cursor
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext as _
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_core.web.slots import SlotAt
from arengo_storefront.contract import DESK_ORDER_SLOT
from arengo_storefront.desk.access import merchant_of
from arengo_storefront.orders import desk, money, parcels, repository
from arengo_storefront.orders.models import MerchantOrder
from arengo_storefront.orders.showing import SHARED
from arengo_storefront.orders.states import MAY_BECOME, MerchantOrderState
from arengo_storefront.permissions import RETURNS
from arengo_storefront.withdrawal import repository as cases
from arengo_storefront.withdrawal.pages import quantities_in

PAGE = 30
_OPEN = tuple(state.value for state in desk.OPEN_STATES)
TABS = {
    "open": _OPEN,
    "done": (MerchantOrderState.HANDED_OVER.value, MerchantOrderState.CANCELLED.value),
    "all": (*_OPEN, MerchantOrderState.HANDED_OVER.value, MerchantOrderState.CANCELLED.value),
}


def cursor_of(row: MerchantOrder) -> str:
    """Where a row stands in the merchant's list."""
    return encode_cursor(row.placed_at.isoformat(), str(row.id))


def before_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The row before which the list goes on. InvalidInputError for a foreign cursor."""
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return datetime.fromisoformat(values[0]), UUID(values[1])
    except (TypeError, ValueError):
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None


@get("/desk/orders", name="desk-orders")
async def orders_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Orders to be prepared, and those that are done; returns that wait."""
    merchant_id = merchant_of(caller)
    asked = request.query_params.get("show", "open")
    tab = asked if asked in TABS else "open"
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await repository.merchant_orders(
            uow.session,
            merchant_id,
            states=TABS[tab],
            before=before_cursor(request.query_params.get("after")),
            limit=PAGE + 1,
        )
        return await page(
            request,
            uow,
            "storefront/desk/orders.html",
            face="desk",
            tab=tab,
            rows=rows[:PAGE],
            next_page=f"?show={tab}&after={cursor_of(rows[PAGE - 1])}" if len(rows) > PAGE else "",
            counts=await repository.count_by_state(uow.session, merchant_id),
            open_cases=await cases.open_cases(uow.session, merchant_id),
            cards=await money.card_state(host, uow, merchant_id),
            **SHARED,
        )


@get("/desk/orders/{order_id:uuid}", name="desk-order")
async def order_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[str]:
    """One order: what to pack, for whom, and the next step."""
    return await _order(request, host, caller, order_id, Form({}))


async def _order(
    request: ArengoRequest, host: Host, caller: Caller, order_id: UUID, form: Form
) -> Response[str]:
    merchant_id = merchant_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await desk.look(uow, merchant_id, order_id)
        row = view.row
        steps = await repository.steps_of(uow.session, row.order_id, [merchant_id])
        refunds = await repository.refunds_of(uow.session, row.order_id, [merchant_id])
        return await page(
            request,
            uow,
            "storefront/desk/order.html",
            face="desk",
            status=400 if form.errors else 200,
            view=view,
            form=form,
            next_states=MAY_BECOME[MerchantOrderState(row.state)],
            steps=steps,
            refunds=refunds,
            cases=await cases.cases_of(uow.session, [row.id], [merchant_id]),
            tracking=await _tracking(host, uow, row),
            is_owner=caller.may(merchant_id, RETURNS),
            slots=[SlotAt(DESK_ORDER_SLOT.key, row.id, [merchant_id])],
            **SHARED,
        )


async def _tracking(host: Host, uow: UnitOfWork, row: MerchantOrder) -> str:
    try:
        return (await parcels.tracking_paths(host, uow, [row])).get(row.id, "")
    except ArengoError:
        return ""


@get("/desk/orders/{order_id:uuid}/slip", name="desk-slip")
async def slip_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[str]:
    """The packing slip, to be printed and put into the parcel."""
    merchant_id = merchant_of(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await desk.look(uow, merchant_id, order_id)
        return await page(
            request,
            uow,
            "storefront/desk/slip.html",
            face="desk",
            view=view,
            seller=await organizations.get(uow.session, merchant_id),
            **SHARED,
        )


async def _act(
    request: ArengoRequest, host: Host, caller: Caller, order_id: UUID, work: Any, done: str
) -> Response[Any] | Redirect:
    """Do something with an order; a refusal is shown on its page, with what was typed."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await work(uow, form)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await _order(request, host, caller, order_id, form)
    return redirect(request, f"/desk/orders/{order_id}", Flash("success", done))


@post(
    "/desk/orders/{order_id:uuid}/prepare",
    name="desk-prepare",
    opt={"mutation": "prepareOrder"},
    status_code=303,
)
async def prepare(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Begin to prepare an order."""
    merchant_id = merchant_of(caller)

    async def work(uow: UnitOfWork, _form: Form) -> None:
        await desk.prepare(uow, merchant_id=merchant_id, merchant_order_id=order_id)

    return await _act(request, host, caller, order_id, work, _("The order is in preparation."))


@post(
    "/desk/orders/{order_id:uuid}/ready",
    name="desk-ready",
    opt={"mutation": "markOrderReady"},
    status_code=303,
)
async def ready(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """The goods are packed."""
    merchant_id = merchant_of(caller)

    async def work(uow: UnitOfWork, _form: Form) -> None:
        await desk.ready(host, uow, merchant_id=merchant_id, merchant_order_id=order_id)

    return await _act(request, host, caller, order_id, work, _("The order is ready."))


@post(
    "/desk/orders/{order_id:uuid}/hand-over",
    name="desk-hand-over",
    opt={"mutation": "handOverOrder"},
    status_code=303,
)
async def hand_over(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """The shopper has the goods."""
    merchant_id = merchant_of(caller)

    async def work(uow: UnitOfWork, form: Form) -> None:
        await desk.hand_over(
            host,
            uow,
            merchant_id=merchant_id,
            merchant_order_id=order_id,
            received=form.flag("received"),
        )

    return await _act(request, host, caller, order_id, work, _("The order is handed over."))


@post(
    "/desk/orders/{order_id:uuid}/received",
    name="desk-received",
    opt={"mutation": "receivePayment"},
    status_code=303,
)
async def received(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """The counter took the money."""
    merchant_id = merchant_of(caller)

    async def work(uow: UnitOfWork, _form: Form) -> None:
        await desk.receive(host, uow, merchant_id=merchant_id, merchant_order_id=order_id)

    return await _act(request, host, caller, order_id, work, _("The money is noted as received."))


@post(
    "/desk/orders/{order_id:uuid}/cancel",
    name="desk-cancel",
    opt={"mutation": "cancelMerchantOrder"},
    status_code=303,
)
async def cancel(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Cancel an order that has not left: money and stock go back."""
    merchant_id = merchant_of(caller, RETURNS)

    async def work(uow: UnitOfWork, form: Form) -> None:
        await desk.cancel(
            host,
            uow,
            merchant_id=merchant_id,
            merchant_order_id=order_id,
            reason=form["reason"],
        )

    return await _act(
        request, host, caller, order_id, work, _("The order is cancelled; the shopper is told.")
    )


@post(
    "/desk/orders/{order_id:uuid}/refund",
    name="desk-refund",
    opt={"mutation": "refundLines"},
    status_code=303,
)
async def refund(
    request: ArengoRequest, host: FromHost, caller: FromCaller, order_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Give back the price of some pieces."""
    merchant_id = merchant_of(caller, RETURNS)

    async def work(uow: UnitOfWork, form: Form) -> None:
        await desk.refund(
            host,
            uow,
            merchant_id=merchant_id,
            merchant_order_id=order_id,
            quantities=quantities_in(form),
            delivery=form.flag("delivery"),
            restock=form.flag("restock"),
            key=form["idempotency_key"] or f"refund:{order_id}",
        )

    return await _act(
        request, host, caller, order_id, work, _("The money goes back to the shopper.")
    )


@get("/desk/takings", name="desk-takings")
async def money_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What is due to the merchant, and whether it may take cards, or why not."""
    merchant_id = merchant_of(caller)
    since = clock.now() - timedelta(days=90)
    async with host.unit_of_work(caller, read_only=True) as uow:
        count, total, refunded = await repository.turnover(uow.session, merchant_id, since)
        return await page(
            request,
            uow,
            "storefront/desk/takings.html",
            face="desk",
            cards=await money.card_state(host, uow, merchant_id),
            due=await money.due_to(host, uow, merchant_id),
            count=count,
            total=total,
            refunded=refunded,
            since=since,
        )


ROUTES: list[Any] = [
    orders_page,
    order_page,
    slip_page,
    prepare,
    ready,
    hand_over,
    received,
    cancel,
    refund,
    money_page,
]
