"""Pages of the second step: turning it on and off, and the code at sign-in."""

from __future__ import annotations

from typing import Any

import segno
from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, UnauthenticatedError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity import second_step
from arengo_core.identity.labels import CODE_REFUSED, PASSWORD_REFUSED
from arengo_core.identity.pages import SECOND_STEP_COOKIE, after_sign_in
from arengo_core.limits.requests import SIGN_IN
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import face_of, page

_HOME = "/account/second-step"


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, form: Form, codes: list[str] | None = None
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        state = await second_step.state_of(uow, host.cipher)
        picture = segno.make(state.setup.uri, error="m") if state.setup else None
        return await page(
            request,
            uow,
            "identity/second_step.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            state=state,
            picture=picture.svg_data_uri(scale=5, light="white") if picture else "",
            codes=codes or [],
        )


@get(_HOME, name="second-step")
async def second_step_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """Whether one signs in by two steps, and how to begin or end it."""
    caller.require_signed_in()
    return await _show(request, host, caller, Form({}))


@post(
    f"{_HOME}/begin", name="second-step-begin", opt={"mutation": "beginSecondStep"}, status_code=303
)
async def begin(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Make a key for the app."""
    async with host.unit_of_work(caller) as uow:
        await second_step.begin(uow, host.cipher)
    return redirect(request, _HOME)


@post(
    f"{_HOME}/confirm",
    name="second-step-confirm",
    opt={"mutation": "confirmSecondStep"},
    status_code=200,
)
async def confirm(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Turn it on by a first code, and show the recovery codes this once."""
    form, codes = await read_form(request), None
    try:
        async with host.unit_of_work(caller) as uow:
            codes = await second_step.confirm(uow, host.cipher, host.identity.secret, form["code"])
    except (InvalidInputError, ConflictError) as error:
        form.refuse(error)
    return await _show(request, host, caller, form, codes)


@post(f"{_HOME}/end", name="second-step-end", opt={"mutation": "endSecondStep"}, status_code=200)
async def end(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Turn it off, with the password."""
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        is_off = await host.identity.end_second_step(uow, form["password"], origin_from(request))
    if is_off:
        return redirect(request, _HOME, Flash("success", gettext("The second step is off.")))
    form.errors["password"] = gettext(PASSWORD_REFUSED)
    return await _show(request, host, caller, form)


async def _show_code(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "identity/sign_in_code.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
        )


@get("/sign-in/code", name="sign-in-code")
async def code_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form for the second step's code."""
    form = Form({"next": request.query_params.get("next", "")})
    return await _show_code(request, host, caller, form)


@post(
    "/sign-in/code",
    name="sign-in-code-post",
    opt={"mutation": "signInWithCode", SIGN_IN: True},
    status_code=200,
)
async def sign_in_with_code(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Finish signing in."""
    form, origin = await read_form(request), origin_from(request)
    step = request.cookies.get(SECOND_STEP_COOKIE, "")
    try:
        async with host.unit_of_work() as uow:
            token = await host.identity.sign_in_with_code(uow, step, form["code"], origin)
    except UnauthenticatedError as error:
        form.refuse(error)
        return await _show_code(request, host, caller, form)
    if token is None:
        form.errors["code"] = gettext(CODE_REFUSED)
        return await _show_code(request, host, caller, form)
    return await after_sign_in(request, host, token, origin, form["next"])


ROUTES: list[Any] = [second_step_page, begin, confirm, end, code_page, sign_in_with_code]
