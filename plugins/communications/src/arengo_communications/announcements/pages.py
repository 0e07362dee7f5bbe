"""Pages of a municipality's officers: writing, preview, sending, history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_communications.announcements import service
from arengo_communications.announcements.service import BODY_LIMIT, SUBJECT_LIMIT, Words
from arengo_communications.requests import after_of
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.tasks.pages import follow
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, page

SIZE = 30
_LIST = "/office/announcements"


@get(_LIST, name="announcements")
async def history(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Drafts and sent announcements."""
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await service.history(uow, place, size=SIZE, after=after_of(request))
        return await page(
            request,
            uow,
            "communications/announcements.html",
            face="office",
            rows=rows[:SIZE],
            next=f"?after={rows[SIZE - 1].id}" if len(rows) > SIZE else "",
            subscribers=await service.recipients(uow, place),
        )


async def _writing(
    request: ArengoRequest, host: Host, caller: Caller, action: str, form: Form
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        await service.enter(uow, acting_for(caller))
        return await page(
            request,
            uow,
            "communications/announcement_form.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            action=action,
            subject_limit=SUBJECT_LIMIT,
            body_limit=BODY_LIMIT,
        )


def _words(form: Form) -> Words:
    return Words(form["subject_it"], form["body_it"], form["subject_en"], form["body_en"])


@get(f"{_LIST}/new", name="announcement-new")
async def new(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The form for a new announcement."""
    return await _writing(request, host, caller, _LIST, Form({}))


@post(_LIST, name="announcement-create", opt={"mutation": "saveAnnouncement"}, status_code=303)
async def create(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Save a new draft and show it."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            row = await service.save(
                uow,
                organization_id=acting_for(caller),
                words=_words(form),
                idempotency_key=form["idempotency_key"] or None,
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _writing(request, host, caller, _LIST, form)
    return redirect(request, f"{_LIST}/{row.id}")


@get(f"{_LIST}/{{announcement_id:uuid}}", name="announcement")
async def preview(
    request: ArengoRequest, host: FromHost, caller: FromCaller, announcement_id: FromPath[UUID]
) -> Response[str]:
    """How it will read, to how many it will go, and the button to send it."""
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.get(uow, place, announcement_id)
        return await page(
            request,
            uow,
            "communications/announcement.html",
            face="office",
            item=row,
            recipients=await service.recipients(uow, place),
        )


@get(f"{_LIST}/{{announcement_id:uuid}}/edit", name="announcement-edit")
async def edit(
    request: ArengoRequest, host: FromHost, caller: FromCaller, announcement_id: FromPath[UUID]
) -> Response[str]:
    """The form to change a draft."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.get(uow, acting_for(caller), announcement_id)
    form = Form(
        {
            "subject_it": row.subject_it,
            "body_it": row.body_it,
            "subject_en": row.subject_en,
            "body_en": row.body_en,
        }
    )
    return await _writing(request, host, caller, f"{_LIST}/{announcement_id}", form)


@post(
    f"{_LIST}/{{announcement_id:uuid}}",
    name="announcement-change",
    opt={"mutation": "saveAnnouncement"},
    status_code=303,
)
async def change(
    request: ArengoRequest, host: FromHost, caller: FromCaller, announcement_id: FromPath[UUID]
) -> Response[Any] | Redirect:
    """Save a changed draft."""
    form = await read_form(request)
    action = f"{_LIST}/{announcement_id}"
    try:
        async with host.unit_of_work(caller) as uow:
            await service.save(
                uow,
                organization_id=acting_for(caller),
                words=_words(form),
                announcement_id=announcement_id,
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _writing(request, host, caller, action, form)
    return redirect(request, action)


@post(
    f"{_LIST}/{{announcement_id:uuid}}/send",
    name="announcement-send",
    opt={"mutation": "sendAnnouncement"},
    status_code=303,
)
async def send(
    request: ArengoRequest, host: FromHost, caller: FromCaller, announcement_id: FromPath[UUID]
) -> Redirect:
    """Publish and send."""
    async with host.unit_of_work(caller) as uow:
        row = await service.send(
            uow, organization_id=acting_for(caller), announcement_id=announcement_id
        )
    assert row.task_id is not None, "it was begun just now"
    return await follow(request, host, caller, row.task_id)


@post(
    f"{_LIST}/{{announcement_id:uuid}}/discard",
    name="announcement-discard",
    opt={"mutation": "discardAnnouncement"},
    status_code=303,
)
async def discard(
    request: ArengoRequest, host: FromHost, caller: FromCaller, announcement_id: FromPath[UUID]
) -> Redirect:
    """Throw a draft away."""
    async with host.unit_of_work(caller) as uow:
        await service.discard(
            uow, organization_id=acting_for(caller), announcement_id=announcement_id
        )
    return redirect(request, _LIST, Flash("success", gettext("The draft is gone.")))


ROUTES: list[Any] = [history, new, create, preview, edit, change, send, discard]
