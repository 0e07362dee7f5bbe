"""The phone page of whoever carries parcels: scan, say what happened, next."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.organizations import repository as organizations
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_delivery.carriers import repository as bookings
from arengo_delivery.contract import DeliveryKind, ParcelState
from arengo_delivery.parcels import desk, repository
from arengo_delivery.parcels.pages import shown
from arengo_delivery.parcels.states import ACTS

ROUND = 100
_PAGE = "/office/courier"
_ON_ROUND = (ParcelState.READY, ParcelState.IN_TRANSIT)


async def _show(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows: list[Any] = []
        if await desk.enter_courier(uow, place):
            found = await repository.page(
                uow.session,
                consortium_id=place,
                states=[state.value for state in _ON_ROUND],
                size=ROUND,
            )
            rows = [row for row in found if row.kind == DeliveryKind.COURIER]
        return await page(
            request,
            uow,
            "delivery/courier.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            acts=[(state.value, gettext(ACTS[state])) for state in desk.CARRIED],
            rows=rows,
            days=await bookings.days(uow.session, [row.merchant_order_id for row in rows]),
            shops=await organizations.by_ids(uow.session, [r.organization_id for r in rows]),
            shown=shown,
        )


@get(_PAGE, name="courier")
async def courier(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form to enter a step, and for the office the round."""
    label = request.query_params.get("label", "")
    return await _show(
        request, host, caller, Form({"label": label, "state": ParcelState.IN_TRANSIT.value})
    )


@post(_PAGE, name="courier-move", opt={"mutation": "carryParcel"}, status_code=303)
async def carry(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Enter a step of the parcel in one's hands."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await desk.move_by_label(
                host,
                uow,
                organization_id=acting_for(caller),
                code=form["label"],
                state=desk.state_named(form["state"]),
                place=form["place"],
            )
    except (InvalidInputError, NotFoundError, ConflictError) as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(
        request,
        _PAGE,
        Flash(
            "success",
            gettext("Order {reference}", reference=row.order_reference),
            shown(row.state)[0],
        ),
    )


ROUTES: list[Any] = [courier, carry]
