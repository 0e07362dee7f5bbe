"""Pages of signing in by a mailed link."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity.pages import after_sign_in, to_second_step
from arengo_core.identity.service import SecondStepNeeded
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, form: Form, token: str = ""
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "identity/sign_in_link.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            token=token,
        )


@get("/sign-in/link", name="sign-in-link")
async def link_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Ask for a link that signs in."""
    return await _show(request, host, caller, Form({}))


@post(
    "/sign-in/link",
    name="sign-in-link-post",
    opt={"mutation": "requestSignInLink"},
    status_code=303,
)
async def request_link(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Send the link, if the address has an account; say the same in either case."""
    form = await read_form(request)
    try:
        async with host.unit_of_work() as uow:
            await host.identity.request_sign_in_link(uow, form["email"], origin_from(request))
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    sent = Flash(
        "success",
        gettext("If this address has an account, a mail is on its way."),
        gettext("Open the link in it within 15 minutes."),
    )
    return redirect(request, "/sign-in", sent)


@get("/sign-in/link/{token:str}", name="sign-in-by-link")
async def entry_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """A button: programs that look into mails open addresses, and would use the link up."""
    return await _show(request, host, caller, Form({}), token)


@post(
    "/sign-in/link/{token:str}",
    name="sign-in-by-link-post",
    opt={"mutation": "signInWithLink"},
    status_code=303,
)
async def sign_in_with_link(
    request: ArengoRequest, host: FromHost, token: FromPath[str]
) -> Redirect:
    """Sign in."""
    origin = origin_from(request)
    async with host.unit_of_work() as uow:
        entered = await host.identity.sign_in_with_link(uow, token, origin)
    if isinstance(entered, SecondStepNeeded):
        return to_second_step(request, host, entered, "")
    return await after_sign_in(request, host, entered, origin, "")


ROUTES: list[Any] = [link_page, request_link, entry_page, sign_in_with_link]
