"""The task that brings an announcement to its subscribers, a batch a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arengo_communications.announcements import repository
from arengo_communications.announcements.models import Announcement, AnnouncementState
from arengo_communications.contract import Content, MessageRequest, Recipient
from arengo_communications.messages.service import store
from arengo_communications.permissions import ANNOUNCEMENTS
from arengo_communications.subscriptions import repository as subscriptions
from arengo_communications.subscriptions.models import Subscription
from arengo_communications.subscriptions.service import unsubscribe_url
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_, current_locale, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.organizations import repository as organizations
from arengo_core.tasks.definition import TaskKind, TaskRun

BATCH = 200


async def _send(run: TaskRun) -> None:
    """Batch after batch, until all have their message; another run goes on after the last."""
    while await _batch(run):
        pass


async def _batch(run: TaskRun) -> bool:
    """Store the messages of the next batch; whether there may be another."""
    town, locale = run.organization_id, current_locale()
    async with run.transaction() as uow, uow.widened([town]):
        row = await repository.lock(uow.session, town, UUID(run.payload["announcement"]))
        if row is None or row.state != AnnouncementState.SENDING:
            return False
        place = await organizations.get(uow.session, town)
        after = UUID(run.kept["after"]) if "after" in run.kept else None
        batch = await subscriptions.confirmed(uow.session, town, after, BATCH)
        for subscriber in batch:
            await store(
                run.host, uow, _message(run.host, row, subscriber, place.name if place else "")
            )
        set_locale(locale)
        done = run.kept["done"] = run.kept.get("done", 0) + len(batch)
        await run.tell(N_("Writing to the subscribers"), done, max(done, row.recipients))
        if len(batch) == BATCH:
            run.kept["after"] = str(batch[-1].id)
            return True
        row.state = AnnouncementState.SENT.value
        run.finish(
            f"/office/announcements/{row.id}", N_("{count} messages are on their way."), count=done
        )
    return False


def _message(host: Host, row: Announcement, subscriber: Subscription, place: str) -> MessageRequest:
    locale = subscriber.locale
    set_locale(locale)
    return MessageRequest(
        key=f"{_key(row.id)}{subscriber.id}",
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


def _key(announcement_id: UUID) -> str:
    return f"announcement:{announcement_id}:"


async def _stop(uow: UnitOfWork, town: UUID, payload: Mapping[str, Any]) -> None:
    """Cancelled: it stays published, and went to those whose messages were written."""
    row = await repository.lock(uow.session, town, UUID(payload["announcement"]))
    if row is not None and row.state == AnnouncementState.SENDING:
        row.state = AnnouncementState.STOPPED.value
        row.recipients = await repository.count_messages(uow.session, town, _key(row.id))


SEND = TaskKind(
    "communications.send_announcement",
    N_("Send an announcement"),
    _send,
    permissions=(ANNOUNCEMENTS,),
    cancelled=_stop,
)
