"""The page of plugin health."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.i18n import gettext
from arengo_core.jobs import replaying
from arengo_core.tasks.pages import follow
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import page
from arengo_marketplace.health import service


@get("/office/plugins", name="plugins")
async def plugins_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """How the plugins are, and what members notice."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "marketplace/health/plugins.html",
            face="office",
            plugins=await service.report(uow, host),
        )


@post(
    "/office/plugins/{key:str}/retry",
    name="plugin-retry",
    opt={"mutation": "retryHeldJobs"},
    status_code=303,
)
async def retry(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Redirect:
    """Start what is held again."""
    caller.require_signed_in()
    await read_form(request)
    async with host.unit_of_work(caller) as uow:
        task, count = None, 0
        if await replaying.is_quick(uow, host, key):
            count = await service.retry(uow, host, plugin=key)
        else:
            task = await replaying.begin(uow, host, key)
    if task is not None:
        return await follow(request, host, caller, task.id)
    done = Flash("success", gettext("{count} follow-ups start again.", count=count))
    return redirect(request, "/office/plugins", done)


ROUTES: list[Any] = [plugins_page, retry]
