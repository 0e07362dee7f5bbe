"""Pages of passkeys: one's own, and signing in by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text, gettext
from arengo_core.identity import passkeys
from arengo_core.identity.pages import after_sign_in
from arengo_core.limits.requests import SIGN_IN
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from, party_of
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import face_of, page

_HOME = "/account/passkeys"


async def _show(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "identity/passkeys.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            passkeys=await passkeys.own(uow),
        )


@get(_HOME, name="passkeys")
async def passkeys_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """One's passkeys."""
    return await _show(request, host, caller, Form({}))


@post(f"{_HOME}/begin", name="passkey-begin", opt={"mutation": "beginPasskey"}, status_code=200)
async def begin(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What the browser needs to make a passkey."""
    async with host.unit_of_work(caller) as uow:
        options = await passkeys.begin(uow, host.identity, party_of(request))
    return Response(options, media_type="application/json")


@post(_HOME, name="passkey-add", opt={"mutation": "addPasskey"}, status_code=303)
async def add(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Keep a passkey that the browser made."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await passkeys.add(
                uow, party_of(request), credential=form["credential"], name=form["name"]
            )
    except (InvalidInputError, ConflictError) as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(request, _HOME, Flash("success", gettext("The passkey works from now on.")))


@post(
    f"{_HOME}/{{passkey_id:uuid}}/rename",
    name="passkey-rename",
    opt={"mutation": "renamePasskey"},
    status_code=303,
)
async def rename(
    request: ArengoRequest, host: FromHost, caller: FromCaller, passkey_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Give a passkey another name."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await passkeys.rename(uow, passkey_id, form["name"])
    except InvalidInputError as error:
        form.refuse(error)
        return await _show(request, host, caller, form)
    return redirect(request, _HOME, Flash("success", gettext("The passkey has its new name.")))


@post(
    f"{_HOME}/{{passkey_id:uuid}}/remove",
    name="passkey-remove",
    opt={"mutation": "removePasskey"},
    status_code=303,
)
async def remove(
    request: ArengoRequest, host: FromHost, caller: FromCaller, passkey_id: FromPath[UUID]
) -> Redirect:
    """Take a passkey away."""
    async with host.unit_of_work(caller) as uow:
        await passkeys.remove(uow, passkey_id)
    return redirect(request, _HOME, Flash("success", gettext("The passkey opens nothing more.")))


@post(
    "/sign-in/passkey/begin",
    name="passkey-sign-in-begin",
    opt={"mutation": "beginPasskeySignIn", SIGN_IN: True},
    status_code=200,
)
async def begin_sign_in(request: ArengoRequest, host: FromHost) -> Response[str]:
    """What the browser needs to sign in."""
    async with host.unit_of_work() as uow:
        options = await passkeys.begin_sign_in(uow, host.identity, party_of(request))
    return Response(options, media_type="application/json")


@post(
    "/sign-in/passkey",
    name="passkey-sign-in",
    opt={"mutation": "signInWithPasskey", SIGN_IN: True},
    status_code=303,
)
async def sign_in(request: ArengoRequest, host: FromHost) -> Redirect:
    """Sign in by a passkey."""
    form, origin = await read_form(request), origin_from(request)
    try:
        async with host.unit_of_work() as uow:
            token = await passkeys.sign_in(
                uow, host.identity, party_of(request), form["credential"], origin
            )
    except ArengoError as error:
        return redirect(request, "/sign-in", Flash("danger", error_text(error)))
    return await after_sign_in(request, host, token, origin, form["next"])


ROUTES: list[Any] = [passkeys_page, begin, add, rename, remove, begin_sign_in, sign_in]
