"""Pages of the withdrawal function: two steps, each with the words of art. 54-bis."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.i18n import gettext as _
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_storefront.desk.access import merchant_of
from arengo_storefront.market.site import market_of, market_page
from arengo_storefront.orders import service as orders
from arengo_storefront.orders.showing import SHARED
from arengo_storefront.permissions import RETURNS
from arengo_storefront.withdrawal import service


@get("/orders/{secret:str}/withdraw", name="order-withdraw")
async def withdraw_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, secret: FromPath[str]
) -> Response[Any] | Redirect:
    """What is withdrawn from, by whom, and where the receipt goes."""
    return await _form(request, host, caller, secret, Form({}))


async def _form(
    request: ArengoRequest, host: Host, caller: Caller, secret: str, form: Form
) -> Response[Any] | Redirect:
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await orders.by_secret(uow, secret)
        if not view.may_withdraw and not form.errors:
            return redirect(
                request,
                f"/orders/{secret}",
                Flash(
                    "info",
                    _("There is nothing to withdraw from."),
                    _("The fourteen days are over, or the goods are exempt or given back."),
                ),
            )
        if len(form) == 0:
            form.fields.update(name=view.row.name, email=view.row.email)
            for part in view.parts:
                for line in part.withdrawable:
                    form.fields[f"quantity_{line.id}"] = str(line.left)
        return await market_page(
            request,
            uow,
            "storefront/orders/withdraw.html",
            await market_of(host, uow, view.row.consortium_id),
            status=400 if form.errors else 200,
            view=view,
            secret=secret,
            form=form,
            **SHARED,
        )


def quantities_in(form: Form) -> dict[UUID, int]:
    """The pieces chosen: fields ``quantity_<line>``. InvalidInputError names the field."""
    found: dict[UUID, int] = {}
    for name in form:
        if not name.startswith("quantity_") or not form[name]:
            continue
        try:
            line_id = UUID(name.removeprefix("quantity_"))
        except ValueError:
            raise InvalidInputError("This line is not part of the order.", field="lines") from None
        found[line_id] = form.integer(name, maximum=1_000)
    return found


@post(
    "/orders/{secret:str}/withdraw",
    name="order-withdraw-confirm",
    opt={"mutation": "withdrawFromOrder"},
    status_code=303,
)
async def confirm(
    request: ArengoRequest, host: FromHost, caller: FromCaller, secret: FromPath[str]
) -> Response[Any] | Redirect:
    """Confirm the withdrawal: the receipt goes out by mail at once."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            view = await orders.by_secret(uow, secret)
            await service.declare(
                host,
                uow,
                view,
                quantities=quantities_in(form),
                name=form["name"],
                email=form["email"],
            )
    except ArengoError as error:
        if error.code == "NOT_FOUND":
            raise
        form.refuse(error)
        return await _form(request, host, caller, secret, form)
    done = Flash(
        "success",
        _("Your withdrawal has reached the shop."),
        _("The receipt, with date and time, is on its way to you by mail."),
    )
    return redirect(request, f"/orders/{secret}", done)


@post(
    "/desk/returns/{case_id:uuid}",
    name="desk-return-settle",
    opt={"mutation": "settleReturn"},
    status_code=303,
)
async def settle(
    request: ArengoRequest, host: FromHost, caller: FromCaller, case_id: FromPath[UUID]
) -> Redirect:
    """The goods are back at the merchant's: pay back."""
    merchant_id = merchant_of(caller, RETURNS)
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            case = await service.settle(
                host, uow, merchant_id=merchant_id, case_id=case_id, restock=form.flag("restock")
            )
    except ArengoError as error:
        if error.status == 404:
            raise
        return redirect(request, "/desk/orders", Flash("warning", error_text(error)))
    return redirect(
        request,
        f"/desk/orders/{case.merchant_order_id}",
        Flash("success", _("The money goes back to the shopper.")),
    )


ROUTES: list[Any] = [withdraw_page, confirm, settle]
