"""The feedback form that every footer leads to."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.errors import InvalidInputError
from arengo_core.feedback import service
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost, site_of
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page


async def _show(
    request: ArengoRequest, host: FromHost, caller: FromCaller, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        found = await service.offices(uow, site_of(request).organization_id)
        return await page(
            request,
            uow,
            "core/feedback.html",
            face="market",
            status=400 if form.errors else 200,
            form=form,
            offices=[(str(office.id), office.name) for office in found],
            longest=service.LONGEST,
        )


@get("/feedback", name="feedback")
async def feedback(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form; it remembers the page that one comes from."""
    return await _show(
        request, host, caller, Form({"page": request.headers.get("referer", "")[:500]})
    )


@post("/feedback", name="feedback-post", opt={"mutation": "sendFeedback"}, status_code=303)
async def send(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Send the message to the office."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await service.send(
                uow,
                text=form["text"],
                reply_to=form["email"],
                page=form["page"],
                consortium_id=form.uuid("consortium") if form["consortium"] else None,
                site=site_of(request).organization_id,
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(
        request,
        "/feedback",
        Flash(
            "success",
            gettext("Your message is on its way to the office."),
            gettext("If you left an address you get an answer there."),
        ),
    )


ROUTES: list[Any] = [feedback, send]
