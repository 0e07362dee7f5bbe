"""Pages of privacy: the register, one's own copy, erasure."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.privacy import service
from arengo_core.privacy.register import Holding, holdings
from arengo_core.web.context import SESSION_COOKIE, ArengoRequest, FromCaller, FromHost
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import face_of, page


@get("/privacy/register", name="privacy-register")
async def register(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What personal data is kept, whose, why and how long."""
    parts: dict[str, list[Holding]] = {}
    for holding in holdings(host.registry):
        parts.setdefault(holding.plugin, []).append(holding)
    titles = {plugin.name: gettext(plugin.manifest.title) for plugin in host.registry.plugins}
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "core/privacy_register.html",
            face=face_of(caller),
            parts=[(titles[name], rows) for name, rows in parts.items()],
        )


@get("/account/data", name="own-data-copy")
async def copy(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """Everything that is kept of oneself: JSON files in a zip."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        content = await service.export(uow, host)
    return Response(
        content,
        media_type="application/zip",
        headers={
            "content-disposition": 'attachment; filename="arengo.zip"',
            "cache-control": "no-store",
        },
    )


async def _ask(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "core/erase_account.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            outcomes=None,
        )


@get("/account/erase", name="erase-account")
async def erase_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What erasing means, and the form."""
    return await _ask(request, host, caller, Form({}))


@post(
    "/account/erase",
    name="erase-account-post",
    opt={"mutation": "eraseMyAccount"},
    status_code=200,
)
async def erase(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Erase one's account; the page says what the law keeps."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            outcomes = await service.erase(uow, host, email=form["email"])
    except ArengoError as error:
        if caller.session_id is None:
            raise
        form.refuse(error)
        return await _ask(request, host, caller, form)
    async with host.unit_of_work(Caller(locale=caller.locale), read_only=True) as uow:
        answer = await page(
            request, uow, "core/erase_account.html", face="office", form=form, outcomes=outcomes
        )
    answer.delete_cookie(SESSION_COOKIE)
    return answer


ROUTES: list[Any] = [register, copy, erase_page, erase]
