"""The member's pages of paying a statement online: going to the page, and coming back from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import ArengoError
from arengo_core.i18n import error_text, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import page
from arengo_marketplace.members.acting import acting_in
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES
from arengo_marketplace.statements import online, service


@post(
    "/office/statements/{statement_id:uuid}/online",
    name="statement-online",
    opt={"mutation": "payStatementOnline"},
    status_code=200,
)
async def pay(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Lead to the page of the payment service.

    By a page of ours: ``form-action 'self'`` would stop a redirect of our form elsewhere.
    """
    caller.require_signed_in()
    form = await read_form(request)
    place = f"/office/statements/{statement_id}"
    try:
        payment = await online.begin(
            host,
            caller,
            statement_id=statement_id,
            idempotency_key=form["idempotency_key"] or None,
        )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        refused = Flash("warning", gettext("The payment page does not open."), error_text(error))
        return redirect(request, place, refused)
    if payment.url is None:
        return redirect(request, f"{place}/online")
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        return await page(
            request,
            uow,
            "marketplace/statements/leaving.html",
            face=acting.face,
            url=payment.url,
            statement=await service.statement_of(uow, statement_id),
        )


@get("/office/statements/{statement_id:uuid}/online", name="statement-online-state")
async def state_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """How an online payment stands, for a payer who comes back from its page."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        acting = await acting_in(uow, ALL_FIGURES, FIGURES)
        statement = await service.statement_of(uow, statement_id)
        standing = await service.standing_of(uow, statement)
        payment = (await online.latest(host, uow, [statement])).get(statement.id)
        if payment is None:
            return redirect(request, f"/office/statements/{statement_id}")
        came_from = request.query_params.get("from", "")
        awaits = payment.state in online.WAITING and came_from != "turned-back"
        return await page(
            request,
            uow,
            "marketplace/statements/online.html",
            face=acting.face,
            statement=statement,
            standing=standing,
            payment=payment,
            state=payment.state.value,
            awaits=awaits,
            is_back=came_from == "paid",
            may_pay=await online.may_pay(host, uow, standing, payment),
        )


ROUTES: list[Any] = [pay, state_page]
