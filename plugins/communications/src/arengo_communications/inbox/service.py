"""Rules of the inbox: whoever works for an organization reads its messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_communications.contract import MessageRequest
from arengo_communications.inbox import repository
from arengo_communications.inbox.models import InboxItem
from arengo_communications.offering import SERVICE_KEY
from arengo_communications.permissions import INBOX
from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.ids import new_id
from arengo_core.plugins import gate


async def put(uow: UnitOfWork, owner: UUID, key: str, request: MessageRequest) -> None:
    """Store a message for an organization in the scope; the same key again does nothing."""
    action = request.content.action or ("", "")
    await repository.put(
        uow.session,
        {
            "id": new_id(),
            "organization_id": owner,
            "key": key,
            "sender_id": request.organization_id,
            "topic": request.topic,
            "subject": request.content.subject,
            "paragraphs": list(request.content.paragraphs),
            "facts": [list(fact) for fact in request.content.facts],
            "action_label": action[0],
            "action_url": action[1],
            "created_at": clock.now(),
        },
    )


async def enter(uow: UnitOfWork, organization_id: UUID) -> None:
    """Let in who works there, while the service is active or something came before."""
    uow.caller.require(organization_id, INBOX)
    if not await repository.has_any(uow.session, organization_id):
        await gate.require_active(uow.session, SERVICE_KEY, organization_id)


async def items(
    uow: UnitOfWork,
    organization_id: UUID,
    *,
    size: int = 24,
    after: UUID | None = None,
    unread: bool = False,
) -> Sequence[InboxItem]:
    """A page of the inbox, newest first; one row more than ``size`` tells of a next page."""
    await enter(uow, organization_id)
    return await repository.page(uow.session, organization_id, size, after, unread)


async def item(uow: UnitOfWork, organization_id: UUID, item_id: UUID) -> InboxItem:
    """One message. NotFoundError when it is not in this inbox."""
    await enter(uow, organization_id)
    found = await repository.get(uow.session, organization_id, item_id)
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


async def mark(uow: UnitOfWork, *, organization_id: UUID, item_id: UUID, read: bool) -> InboxItem:
    """Mark a message as read or unread."""
    found = await item(uow, organization_id, item_id)
    if read and found.read_at is None:
        found.read_at = clock.now()
    if not read:
        found.read_at = None
    await uow.session.flush()
    return found
