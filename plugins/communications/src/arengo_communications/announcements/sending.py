"""The job that brings an announcement to its subscribers, a batch a transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_communications.announcements import repository
from arengo_communications.announcements.models import Announcement, AnnouncementState
from arengo_communications.announcements.service import SEND
from arengo_communications.contract import Content, MessageRequest, Recipient
from arengo_communications.messages.service import store
from arengo_communications.subscriptions import repository as subscriptions
from arengo_communications.subscriptions.models import Subscription
from arengo_communications.subscriptions.service import unsubscribe_url
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job
from arengo_core.organizations import repository as organizations

BATCH = 200


async def send_batch(host: Host, payload: dict[str, Any]) -> None:
    """Job: the next batch of subscribers; enqueues itself until all have their message."""
    town, announcement_id = UUID(payload["organization"]), UUID(payload["announcement"])
    after = UUID(payload["after"]) if payload.get("after") else None
    async with host.unit_of_work(Caller.program([town])) as uow:
        row = await repository.lock(uow.session, town, announcement_id)
        if row is None or row.state != AnnouncementState.SENDING:
            return
        place = await organizations.get(uow.session, town)
        batch = await subscriptions.confirmed(uow.session, town, after, BATCH)
        for subscriber in batch:
            await store(host, uow, _message(host, row, subscriber, place.name if place else ""))
        if len(batch) == BATCH:
            uow.enqueue(SEND, {**payload, "after": str(batch[-1].id)})
        else:
            row.state = AnnouncementState.SENT.value


def _message(host: Host, row: Announcement, subscriber: Subscription, place: str) -> MessageRequest:
    locale = subscriber.locale
    set_locale(locale)
    return MessageRequest(
        key=f"announcement:{row.id}:{subscriber.id}",
        organization_id=row.organization_id,
        topic="announcement",
        recipient=Recipient(
            name="", email=host.cipher.decrypt(subscriber.email_sealed)["email"], locale=locale
        ),
        content=Content(
            subject=row.subject(locale),
            paragraphs=row.paragraphs(locale),
            footer=_(
                "You get this because you subscribed to the announcements of {place}.", place=place
            ),
        ),
        unsubscribe_url=unsubscribe_url(host, subscriber),
    )


JOBS = [Job(SEND, send_batch, title=N_("Send an announcement"))]
