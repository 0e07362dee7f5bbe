"""Acts on a statement's page: disputing it, letting its reminders rest and go on."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext
from arengo_core.web.acts import Act, acted
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash
from arengo_core.web.forms import Form
from arengo_marketplace.dunning import service
from arengo_marketplace.statements.pages import show

_ONE = "/office/statements/{statement_id:uuid}"


async def _act(
    request: ArengoRequest, host: Host, caller: Caller, statement_id: UUID, act: Act, done: str
) -> Response[Any] | Redirect:
    to = f"/office/statements/{statement_id}"
    again = partial(show, request, host, caller, statement_id)
    flash = Flash("success", gettext(done))
    return await acted(request, host, caller, act, again, to, flash)


@post(
    f"{_ONE}/dispute",
    name="statement-dispute",
    opt={"mutation": "disputeStatement"},
    status_code=303,
)
async def dispute(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Say why a statement is not right."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.dispute(uow, statement_id=statement_id, reason=form["reason"])

    done = N_("The office is told. No reminder is sent until it answers.")
    return await _act(request, host, caller, statement_id, act, done)


@post(f"{_ONE}/pause", name="statement-pause", opt={"mutation": "pauseReminders"}, status_code=303)
async def pause(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Let the reminders of a statement rest."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.pause(uow, statement_id=statement_id, reason=form["reason"])

    done = N_("The reminders of this statement rest.")
    return await _act(request, host, caller, statement_id, act, done)


@post(
    f"{_ONE}/resume", name="statement-resume", opt={"mutation": "resumeReminders"}, status_code=303
)
async def resume(
    request: ArengoRequest, host: FromHost, caller: FromCaller, statement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Answer a dispute or end a pause."""

    def act(uow: UnitOfWork, form: Form) -> Awaitable[object]:
        return service.resume(uow, statement_id=statement_id, answer=form["answer"])

    done = N_("Reminders of this statement go on.")
    return await _act(request, host, caller, statement_id, act, done)


ROUTES: list[Any] = [dispute, pause, resume]
