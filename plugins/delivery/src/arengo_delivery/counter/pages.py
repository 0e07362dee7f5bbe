"""The clerk's phone page: code, name, done; and taking parcels in."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError, TooManyError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_delivery.counter import service
from arengo_delivery.requests import face_of

_MISTAKES = (InvalidInputError, NotFoundError, ConflictError, TooManyError)


def _paths(rest: str = "") -> list[str]:
    return [f"/desk/counter{rest}", f"/office/counter{rest}"]


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, form: Form, *, taking_in: bool = False
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "delivery/counter.html",
            face=face_of(request),
            status=400 if form.errors else 200,
            waiting=await service.waiting(uow, acting_for(caller)),
            form=form,
            taking_in=taking_in,
        )


@get(_paths(), name="counter")
async def counter(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The field for the code, and what waits."""
    return await _show(request, host, caller, Form({}))


@post(_paths("/find"), name="counter-find", opt={"mutation": "findWaitingParcel"}, status_code=200)
async def find(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Whose parcel it is. The code stays out of addresses and logs."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await service.find(
                host, uow, organization_id=acting_for(caller), code=form["code"]
            )
        if row is None:
            raise service.wrong_code()
    except _MISTAKES as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "delivery/hand_over.html",
            face=face_of(request),
            parcel=row,
            code=service.read_code(form["code"]),
        )


@post(
    _paths("/hand-over"),
    name="counter-hand-over",
    opt={"mutation": "handOverParcel"},
    status_code=303,
)
async def hand_over(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Given away: done."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await service.hand_over(
                host,
                uow,
                organization_id=acting_for(caller),
                code=form["code"],
                idempotency_key=form["idempotency_key"] or None,
            )
        if row is None:
            raise service.wrong_code()
    except _MISTAKES as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(
        request,
        f"/{face_of(request)}/counter",
        Flash(
            "success",
            gettext("Handed over."),
            gettext("Order {reference}", reference=row.order_reference),
        ),
    )


@post(
    _paths("/receive"),
    name="counter-receive",
    opt={"mutation": "receiveParcel"},
    status_code=303,
)
async def receive(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """A parcel came in."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await service.receive(
                host, uow, organization_id=acting_for(caller), code=form["label"]
            )
    except _MISTAKES as error:
        form.refuse(error)
        return await _show(request, host, caller, form, taking_in=True)
    return redirect(
        request,
        f"/{face_of(request)}/counter",
        Flash(
            "success",
            gettext("Taken in: the shopper gets the code now."),
            gettext("Order {reference}", reference=row.order_reference),
        ),
    )


ROUTES: list[Any] = [counter, find, hand_over, receive]
