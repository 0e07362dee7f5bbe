"""Pages that ask for a letter: a link that signs in, or one to choose a new password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext
from arengo_core.identity.origin import Origin
from arengo_core.limits.requests import SIGN_IN
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import page


@dataclass(frozen=True, slots=True)
class _Letter:
    """What a page asks for, and what it says of it."""

    path: str
    heading: str
    lead: str
    next_step: str


_SIGN_IN_LINK = _Letter(
    "/sign-in/link",
    N_("Sign in by a link"),
    N_("Enter your address: you get a link that signs you in once, without your password."),
    N_("Open the link in it within 15 minutes."),
)
_NEW_PASSWORD = _Letter(
    "/password",
    N_("I have forgotten my password"),
    N_("Enter your address: you get a link to choose a new one."),
    N_("Open the link in it within two hours."),
)


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, letter: _Letter, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "identity/ask_for_letter.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            action=letter.path,
            heading=gettext(letter.heading),
            lead=gettext(letter.lead),
        )


async def _send(
    request: ArengoRequest,
    host: Host,
    caller: Caller,
    letter: _Letter,
    ask: Callable[[UnitOfWork, str, Origin], Awaitable[None]],
) -> Response[Any] | Redirect:
    """Send it, if the address has an account; say the same in either case."""
    form = await read_form(request)
    try:
        async with host.unit_of_work() as uow:
            await ask(uow, form["email"], origin_from(request))
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, letter, form)
    sent = Flash(
        "success",
        gettext("If this address has an account, a mail is on its way."),
        gettext(letter.next_step),
    )
    return redirect(request, "/sign-in", sent)


@get(_SIGN_IN_LINK.path, name="sign-in-link")
async def link_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Ask for a link that signs in."""
    return await _show(request, host, caller, _SIGN_IN_LINK, Form({}))


@post(
    _SIGN_IN_LINK.path,
    name="sign-in-link-post",
    opt={"mutation": "requestSignInLink", SIGN_IN: True},
    status_code=303,
)
async def request_link(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Send a link that signs in."""
    ask = host.identity.request_sign_in_link
    return await _send(request, host, caller, _SIGN_IN_LINK, ask)


@get(_NEW_PASSWORD.path, name="password-forgotten")
async def password_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """Ask for a link to set a new password."""
    return await _show(request, host, caller, _NEW_PASSWORD, Form({}))


@post(
    _NEW_PASSWORD.path,
    name="password-forgotten-post",
    opt={"mutation": "requestPasswordReset", SIGN_IN: True},
    status_code=303,
)
async def request_reset(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Send a link to set a new password."""
    ask = host.identity.request_password_reset
    return await _send(request, host, caller, _NEW_PASSWORD, ask)


ROUTES: list[Any] = [link_page, request_link, password_page, request_reset]
