"""The page of dead letters."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.i18n import gettext
from arengo_core.jobs import service
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import page

_HERE = "/office/held"


@get(_HERE, name="held")
async def held_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What gave up, and what to do about it."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        letters = await service.dead_letters(uow, host)
        titles = {plugin.name: plugin.manifest.title for plugin in host.registry.plugins}
        return await page(
            request,
            uow,
            "core/held.html",
            face="office",
            letters=letters,
            titles={key: gettext(title) for key, title in titles.items()},
            is_cut=sum(len(letter.job_ids) for letter in letters) == service.MOST_SHOWN,
            most=service.MOST_SHOWN,
        )


@post(
    "/office/held/{number:int}/replay",
    name="held-replay",
    opt={"mutation": "replayDeadLetter"},
    status_code=303,
)
async def replay(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[int]
) -> Redirect:
    """Start it again."""
    caller.require_signed_in()
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        letter = await service.replay(uow, host, number)
    said = gettext("It starts again: {title}", title=letter.title)
    return redirect(request, _HERE, Flash("success", said))


@post(
    "/office/held/{number:int}/discard",
    name="held-discard",
    opt={"mutation": "discardDeadLetter"},
    status_code=303,
)
async def discard(
    request: ArengoRequest, host: FromHost, caller: FromCaller, number: FromPath[int]
) -> Redirect:
    """Give it up for good."""
    caller.require_signed_in()
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        letter = await service.discard(uow, host, number)
    said = gettext("It will not be done: {title}", title=letter.title)
    return redirect(request, _HERE, Flash("success", said))


ROUTES: list[Any] = [held_page, replay, discard]
