"""One page for everybody in the public theme, and for those who report in the office's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page
from arengo_skilift.contract import SERVICE, LiftState
from arengo_skilift.lifts import service
from arengo_skilift.permissions import REPORT

STATES = {
    LiftState.OPEN: N_("Open"),
    LiftState.CLOSED: N_("Closed"),
    LiftState.UNKNOWN: N_("Unknown"),
}


@get("/lifts", name="skilift-lifts")
async def lifts_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Which lifts run, for everybody."""
    return await _show(request, host, caller, "market")


@get("/office/lifts", name="skilift-office", opt={"service": SERVICE})
async def office_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The same, with the form to report."""
    return await _report_page(request, host, caller, Form({}))


async def _report_page(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[str]:
    caller.require(acting_for(caller), REPORT)
    return await _show(request, host, caller, "office", form)


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, face: str, form: Form | None = None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        lifts = await service.in_the_valley(uow)
        return await page(
            request,
            uow,
            "skilift/lifts.html",
            face=face,
            status=400 if form is not None and form.errors else 200,
            form=form,
            lifts=[
                {
                    "name": lift.name,
                    "state": lift.state.value,
                    "note": lift.note,
                    "at": lift.reported_at,
                }
                for lift in lifts
            ],
            labels={state.value: gettext(label) for state, label in STATES.items()},
            states=[
                (state.value, gettext(label))
                for state, label in STATES.items()
                if state is not LiftState.UNKNOWN
            ],
        )


@post(
    "/office/lifts",
    name="skilift-report",
    opt={"mutation": "reportLift", "service": SERVICE},
    status_code=303,
)
async def report(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Report a lift."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.report(
                uow,
                organization_id=acting_for(caller),
                name=form["name"],
                state=form["state"],
                note=form["note"],
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _report_page(request, host, caller, form)
    return redirect(
        request, "/office/lifts", Flash("success", gettext("Thank you: the valley knows now."))
    )


async def card_of(uow: UnitOfWork, organization_id: UUID) -> dict[str, Any]:
    """What stands in the office's overview: how many lifts of the organization run."""
    return {"open_lifts": await service.open_lifts(uow, organization_id)}


ROUTES: list[Any] = [lifts_page, office_page, report]
