"""The page of sent messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_communications.messages import service
from arengo_communications.messages.models import STUCK, Dispatch, DispatchState, Message
from arengo_communications.requests import after_of, face_of
from arengo_core.i18n import N_, gettext
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.pages import acting_for, page

SIZE = 30
STATES = {
    DispatchState.QUEUED: (N_("Waiting"), "info"),
    DispatchState.SENDING: (N_("Being sent"), "info"),
    DispatchState.SENT: (N_("Sent"), "success"),
    DispatchState.REFUSED: (N_("Refused"), "danger"),
    DispatchState.FAILED: (N_("Not sent"), "danger"),
    DispatchState.UNKNOWN: (N_("Perhaps sent"), "warning"),
}
TOPICS = {
    "announcement": N_("Announcement"),
    "subscription": N_("Subscription"),
    "order": N_("Order"),
    "parcel": N_("Parcel"),
    "statement": N_("Statement"),
}
CHANNELS = {"e-mail": N_("E-mail"), "inbox": N_("Inbox")}


def _row(message: Message, dispatches: list[Dispatch]) -> dict[str, Any]:
    return {
        "message": message,
        "topic": gettext(TOPICS.get(message.topic, message.topic)),
        "dispatches": [
            {
                "channel": gettext(CHANNELS.get(row.channel, row.channel)),
                "state": gettext(STATES[DispatchState(row.state)][0]),
                "kind": STATES[DispatchState(row.state)][1],
                "reason": row.reason,
            }
            for row in dispatches
        ],
        "stuck": any(DispatchState(row.state) in STUCK for row in dispatches),
    }


@get(["/office/messages", "/desk/messages"], name="messages")
async def messages_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """What the organization sent, and how it went."""
    place = acting_for(caller)
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await service.sent_messages(uow, place, size=SIZE, after=after_of(request))
        return await page(
            request,
            uow,
            "communications/messages.html",
            face=face_of(request),
            rows=[_row(*row) for row in rows[:SIZE]],
            next=f"?after={rows[SIZE - 1][0].id}" if len(rows) > SIZE else "",
        )


@post(
    ["/office/messages/{message_id:uuid}/again", "/desk/messages/{message_id:uuid}/again"],
    name="message-again",
    opt={"mutation": "sendMessageAgain"},
    status_code=303,
)
async def send_again(
    request: ArengoRequest, host: FromHost, caller: FromCaller, message_id: FromPath[UUID]
) -> Redirect:
    """Try a stuck message again."""
    async with host.unit_of_work(caller) as uow:
        await service.send_again(uow, organization_id=acting_for(caller), message_id=message_id)
    return redirect(
        request,
        f"/{face_of(request)}/messages",
        Flash("success", gettext("The message is on its way again.")),
    )


ROUTES: list[Any] = [messages_page, send_again]
