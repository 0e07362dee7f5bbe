"""The public page of a parcel."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import ConflictError, TooManyError
from arengo_core.i18n import error_text, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.pages import SiteInfo, page
from arengo_delivery.contract import ParcelState
from arengo_delivery.labels.service import carrier_title
from arengo_delivery.parcels import service
from arengo_delivery.parcels.codes import read_tracking_code, show_tracking_code
from arengo_delivery.parcels.pages import shown
from arengo_delivery.parcels.tracking import tracking


@get("/tracking/{code:str}", name="tracking")
async def tracking_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Response[str]:
    """Where the parcel is; initials and town at most."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        view = await tracking(host, uow, code)
        answer = await page(
            request,
            uow,
            "delivery/tracking.html",
            face="market",
            theme=view.theme,
            site=SiteInfo(view.market),
            view=view,
            number=show_tracking_code(view.code),
            carrier=carrier_title(host, view.carrier),
            shown=shown(view.state),
            waits=view.state is ParcelState.AT_PICK_UP_POINT,
            steps=[(step.occurred_at, shown(step.state)[0], step.place) for step in view.steps],
        )
    answer.headers["x-robots-tag"] = "noindex"
    return answer


@post(
    "/tracking/{code:str}/code",
    name="tracking-code",
    opt={"mutation": "requestPickUpCode"},
    status_code=303,
)
async def request_code(
    request: ArengoRequest, host: FromHost, caller: FromCaller, code: FromPath[str]
) -> Redirect:
    """Send the shopper, and nobody else, a new code."""
    flash = Flash(
        "success",
        gettext("A new code is on its way to the shopper."),
        gettext("The ones before serve no more."),
    )
    try:
        async with host.unit_of_work(caller) as uow:
            await service.renew_code_by_label(host, uow, code)
    except (TooManyError, ConflictError) as error:
        flash = Flash("warning", error_text(error))
    return redirect(request, f"/tracking/{read_tracking_code(code)}", flash)


ROUTES: list[Any] = [tracking_page, request_code]
