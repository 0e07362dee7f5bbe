"""Pages of the inbox, for offices and for merchants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_communications.inbox import repository, service
from arengo_communications.requests import after_of, face_of
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import acting_for, page

SIZE = 30


@get(["/office/inbox", "/desk/inbox"], name="inbox")
async def inbox_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """The messages that came, the unread ones set apart."""
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await service.items(uow, place, size=SIZE, after=after_of(request))
        return await page(
            request,
            uow,
            "communications/inbox.html",
            face=face_of(request),
            rows=rows[:SIZE],
            unread=await repository.count_unread(uow.session, place),
            next=f"?after={rows[SIZE - 1].id}" if len(rows) > SIZE else "",
        )


@get(["/office/inbox/{item_id:uuid}", "/desk/inbox/{item_id:uuid}"], name="inbox-item")
async def item_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, item_id: FromPath[UUID]
) -> Response[str]:
    """One message."""
    async with host.unit_of_work(caller, read_only=True) as uow:
        row = await service.item(uow, acting_for(caller), item_id)
        return await page(
            request, uow, "communications/inbox_item.html", face=face_of(request), item=row
        )


@post(
    ["/office/inbox/{item_id:uuid}/mark", "/desk/inbox/{item_id:uuid}/mark"],
    name="inbox-mark",
    opt={"mutation": "markInboxItem"},
    status_code=303,
)
async def mark(
    request: ArengoRequest, host: FromHost, caller: FromCaller, item_id: FromPath[UUID]
) -> Redirect:
    """Mark a message as read or unread, and go back to the list or on to the message."""
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await service.mark(
            uow, organization_id=acting_for(caller), item_id=item_id, read=form.flag("read")
        )
    inbox = f"/{face_of(request)}/inbox"
    return redirect(request, f"{inbox}/{item_id}" if form.flag("open") else inbox)


ROUTES: list[Any] = [inbox_page, item_page, mark]
