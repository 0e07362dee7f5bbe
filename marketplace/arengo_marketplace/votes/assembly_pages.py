"""Pages of an assembly: its minutes, and what was voted in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.i18n import gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import day_named, read_form
from arengo_marketplace.votes import minutes, service
from arengo_marketplace.votes.pages import counted, show


@get("/office/votes/{vote_id:uuid}/minutes", name="vote-minutes")
async def minutes_file(
    host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[bytes]:
    """The minutes."""
    caller.require_signed_in()
    async with host.unit_of_work(caller, read_only=True) as uow:
        vote, kept = await minutes.find(uow, vote_id)
        name = vote.minutes_name.encode("ascii", "replace").decode().replace("?", "_")
    return Response(
        await host.files.read(kept),
        media_type=kept.content_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "x-content-type-options": "nosniff",
        },
    )


@post(
    "/office/votes/{vote_id:uuid}/minutes",
    name="vote-attach-minutes",
    opt={"mutation": "attachMinutes"},
    status_code=303,
)
async def attach(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Attach the minutes."""
    caller.require_signed_in()
    form = await read_form(request)
    async with host.unit_of_work(caller, read_only=True) as uow:
        await minutes.require_attaching(uow, vote_id)
    upload = next(iter(form.files.get("minutes", [])), None)
    try:
        if upload is None:
            raise InvalidInputError("Choose a file.", field="minutes")
        async with (
            minutes.written(host, await upload.read()) as file,
            host.unit_of_work(caller) as uow,
        ):
            await minutes.attach(uow, vote_id=vote_id, name=upload.filename, file=file)
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    done = Flash("success", gettext("The minutes are attached."))
    return redirect(request, f"/office/votes/{vote_id}", done)


@post(
    "/office/votes/{vote_id:uuid}/assembly",
    name="vote-assembly",
    opt={"mutation": "recordAssembly"},
    status_code=303,
)
async def assembly(
    request: ArengoRequest, host: FromHost, caller: FromCaller, vote_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Record what was voted in an assembly."""
    caller.require_signed_in()
    form = await read_form(request)
    try:
        ballots = {
            UUID(name.removeprefix("ballot:")): choice
            for name, choice in form.fields.items()
            if name.startswith("ballot:") and choice
        }
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field="ballots") from None
    try:
        async with host.unit_of_work(caller) as uow:
            await service.own_locked(uow, vote_id)
            vote = await service.record_assembly(
                uow,
                host,
                vote_id=vote_id,
                held_on=day_named(form["held_on"], "held_on"),
                ballots=ballots,
            )
    except ArengoError as error:
        if error.status in {401, 403, 404}:
            raise
        form.refuse(error)
        return await show(request, host, caller, vote_id, form)
    return redirect(request, f"/office/votes/{vote_id}", counted(vote))


ROUTES: list[Any] = [minutes_file, attach, assembly]
