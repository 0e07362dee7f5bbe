"""The public page on which a merchant asks to join, and the office's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import ANONYMOUS, OrganizationKind
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import error_text, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost, site_of
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page
from arengo_marketplace.members import directory, joining


async def _show(
    request: ArengoRequest, host: Host, form: Form, *, done: bool = False
) -> Response[str]:
    async with host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        consortia = await directory.consortia(uow)
        own = site_of(request).organization_id
        ids = [consortium.id for consortium in consortia]
        wanted = own if own in ids else None
        if wanted is None and form["consortium_id"] in [str(value) for value in ids]:
            wanted = form.uuid("consortium_id")
        if wanted is None and len(ids) == 1:
            wanted = ids[0]
        chosen = next((c for c in consortia if c.id == wanted), None)
        towns = (
            await directory.members(uow, chosen.id, OrganizationKind.MUNICIPALITY) if chosen else []
        )
        return await page(
            request,
            uow,
            "marketplace/members/join.html",
            face="market",
            theme=chosen.theme if chosen else None,
            status=400 if form.errors else 200,
            form=form,
            consortia=consortia,
            chosen=chosen,
            seats=[(str(town.organization_id), town.name) for town in towns],
            done=done,
        )


@get("/join", name="join")
async def join_page(request: ArengoRequest, host: FromHost) -> Response[str]:
    """The form for a merchant who wants to join."""
    query = request.query_params
    form = Form({"consortium_id": query.get("consortium_id", "")})
    return await _show(request, host, form, done="done" in query)


@post("/join", name="join-post", opt={"mutation": "requestToJoin"}, status_code=303)
async def ask(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Store the request; the office decides."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await joining.ask(
                uow,
                consortium_id=form.uuid("consortium_id"),
                name=form["name"],
                vat_number=form["vat_number"],
                street=form["street"],
                postcode=form["postcode"],
                seat_id=form.uuid("seat_id"),
                person=form["person"],
                email=form["email"],
                phone=form["phone"],
                message=form["message"],
                idempotency_key=form["idempotency_key"] or None,
            )
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, form)
    return redirect(request, f"/join?done&consortium_id={form['consortium_id']}")


@post(
    "/office/members/requests/{request_id:uuid}",
    name="join-decide",
    opt={"mutation": "decideJoinRequest"},
    status_code=303,
)
async def decide(
    request: ArengoRequest, host: FromHost, caller: FromCaller, request_id: FromPath[UUID]
) -> Redirect:
    """Admit or decline."""
    caller.require_signed_in()
    form = await read_form(request)
    admit = form["decision"] == "admit"
    try:
        async with host.unit_of_work(caller) as uow:
            decided = await joining.decide(
                uow, host, request_id=request_id, admit=admit, reason=form["reason"]
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        return redirect(
            request,
            "/office/members",
            Flash("danger", gettext("Nothing was decided."), error_text(error)),
        )
    if admit:
        flash = Flash(
            "success",
            gettext("{name} is a member.", name=decided.name),
            gettext("The invitation to sign in is on its way to {email}.", email=decided.email),
        )
    else:
        flash = Flash(
            "success",
            gettext("The request of {name} is declined.", name=decided.name),
            gettext("The merchant reads the reason by mail."),
        )
    return redirect(request, "/office/members", flash)


ROUTES: list[Any] = [join_page, ask, decide]
