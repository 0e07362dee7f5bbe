"""Pages of an order for its shopper: by secret link, without an account."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.i18n import gettext as _
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.slots import SlotAt
from arengo_storefront.checkout import paying
from arengo_storefront.checkout import service as checkout
from arengo_storefront.checkout.pages import to_payment
from arengo_storefront.contract import ORDER_SLOT
from arengo_storefront.market.site import market_of, market_page
from arengo_storefront.orders import finding, parcels, repository, service
from arengo_storefront.orders.showing import SHARED_WITH_SHOPPERS
from arengo_storefront.orders.states import MerchantOrderState
from arengo_storefront.withdrawal import repository as cases

_FIND = "/orders/find"


@get(_FIND, name="order-find")
async def find_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Ask for the link to an order again."""
    return await _find(request, host, caller, Form({}))


async def _find(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await market_page(
            request,
            uow,
            "storefront/orders/find.html",
            None,
            status=400 if form.errors else 200,
            form=form,
        )


@post(_FIND, name="order-find-post", opt={"mutation": "resendOrderLink"}, status_code=303)
async def send_link(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Mail the link, if number and address belong together; say the same in either case."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await finding.send_again(host, uow, number=form["number"], email=form["email"])
    except ArengoError as error:
        form.refuse(error)
        return await _find(request, host, caller, form)
    sent = Flash(
        "success",
        _("If number and address belong together, a mail is on its way."),
        _("Open the link in it."),
    )
    return redirect(request, _FIND, sent)


@get("/orders/{secret:str}", name="order")
async def order_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, secret: FromPath[str]
) -> Response[str]:
    """The order: where each part stands, paying, following, withdrawing."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await service.by_secret(uow, secret)
        merchants = view.row.merchants
        rows = [part.row for part in view.parts]
        confirmed = [row for row in rows if row.state != MerchantOrderState.PENDING]
        try:
            tracking = await parcels.tracking_paths(host, uow, confirmed)
        except ArengoError:
            tracking = {}
        answer = await market_page(
            request,
            uow,
            "storefront/orders/order.html",
            await market_of(host, uow, view.row.consortium_id),
            view=view,
            secret=secret,
            steps=[
                (step, next(row for row in rows if row.id == step.merchant_order_id))
                for step in await repository.steps_of(uow.session, view.id, merchants)
            ],
            refunds=await repository.refunds_of(uow.session, view.id, merchants),
            cases=await cases.cases_of(uow.session, [row.id for row in rows], merchants),
            tracking=tracking,
            came_back="back" in request.query_params,
            just_paid="paid" in request.query_params,
            at_counter=view.row.method == paying.COUNTER,
            slots=[SlotAt(ORDER_SLOT.key, view.id, merchants)],
            **SHARED_WITH_SHOPPERS,
        )
    answer.headers["referrer-policy"] = "no-referrer"
    answer.headers["x-robots-tag"] = "noindex"
    return answer


@get("/orders/{secret:str}/state", name="order-state")
async def order_state(
    request: ArengoRequest, host: FromHost, caller: FromCaller, secret: FromPath[str]
) -> Response[str]:
    """The order's state alone, for the page that waits for a payment."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await service.by_secret(uow, secret)
        answer = await market_page(
            request,
            uow,
            "storefront/orders/state.html",
            None,
            view=view,
            secret=secret,
            **SHARED_WITH_SHOPPERS,
        )
    if view.row.paid_at is not None:
        answer.headers["hx-refresh"] = "true"
    return answer


@post("/orders/{secret:str}/pay", name="order-pay", opt={"mutation": "payOrder"}, status_code=303)
async def pay(
    request: ArengoRequest, host: FromHost, caller: FromCaller, secret: FromPath[str]
) -> Response[Any] | Redirect:
    """Pay an order whose payment was declined, left or came to its end."""
    try:
        async with host.unit_of_work(caller) as uow:
            view = await service.by_secret(uow, secret)
            payment_id = await checkout.pay(host, uow, view)
    except ArengoError as error:
        if error.status == 404:
            raise
        return redirect(request, f"/orders/{secret}", Flash("warning", error_text(error)))
    return await to_payment(request, host, caller, view.id, payment_id)


ROUTES: list[Any] = [find_page, send_link, order_page, order_state, pay]
