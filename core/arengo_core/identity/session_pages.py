"""Ending one's sessions, from the account's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.i18n import gettext
from arengo_core.identity import sessions
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect


@post(
    "/account/sessions/{session_id:uuid}/end",
    name="session-end",
    opt={"mutation": "endSession"},
    status_code=303,
)
async def end_session(
    request: ArengoRequest, host: FromHost, caller: FromCaller, session_id: FromPath[UUID]
) -> Redirect:
    """Sign one device out."""
    async with host.unit_of_work(caller) as uow:
        await sessions.end(uow, session_id)
    return redirect(request, "/account", Flash("success", gettext("That device is signed out.")))


@post(
    "/account/sessions/end-others",
    name="session-end-others",
    opt={"mutation": "endOtherSessions"},
    status_code=303,
)
async def end_others(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Sign every device out but this one."""
    async with host.unit_of_work(caller) as uow:
        await sessions.end_others(uow)
    said = gettext("All other devices are signed out.")
    return redirect(request, "/account", Flash("success", said))


ROUTES: list[Any] = [end_session, end_others]
