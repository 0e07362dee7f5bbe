"""Rules for announcements: written by an officer, seen before sending, sent once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_communications.announcements import repository, sending
from arengo_communications.announcements.models import (
    Announcement,
    AnnouncementState,
    PublishedAnnouncement,
)
from arengo_communications.offering import SERVICE_KEY
from arengo_communications.permissions import ANNOUNCEMENTS
from arengo_communications.subscriptions import repository as subscriptions
from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.idempotency import first_answer, remember
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.tasks import service as tasks

SAVE = "communications.save_announcement"
SUBJECT_LIMIT = 150
BODY_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Words:
    """What an officer wrote."""

    subject_it: str
    body_it: str
    subject_en: str = ""
    body_en: str = ""


async def enter(uow: UnitOfWork, organization_id: UUID) -> None:
    """Let in the officers of a municipality that has communications active."""
    uow.caller.require(organization_id, ANNOUNCEMENTS)
    await gate.require_active(uow.session, SERVICE_KEY, organization_id)


def _check(words: Words) -> None:
    for field in ("subject_it", "body_it"):
        if not getattr(words, field).strip():
            raise InvalidInputError("Subject and text in Italian are needed.", field=field)
    if bool(words.subject_en.strip()) != bool(words.body_en.strip()):
        field = "body_en" if words.subject_en.strip() else "subject_en"
        raise InvalidInputError("Write both subject and text in English, or neither.", field=field)
    for field in ("subject_it", "subject_en"):
        if len(getattr(words, field)) > SUBJECT_LIMIT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field=field, limit=SUBJECT_LIMIT
            )
    for field in ("body_it", "body_en"):
        if len(getattr(words, field)) > BODY_LIMIT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field=field, limit=BODY_LIMIT
            )


async def _draft(uow: UnitOfWork, organization_id: UUID, announcement_id: UUID) -> Announcement:
    row = await repository.lock(uow.session, organization_id, announcement_id)
    if row is None:
        raise NotFoundError("There is no such announcement.")
    if row.state != AnnouncementState.DRAFT:
        raise ConflictError("This announcement was sent: it can no longer be changed.")
    return row


async def save(
    uow: UnitOfWork,
    *,
    organization_id: UUID,
    words: Words,
    announcement_id: UUID | None = None,
    idempotency_key: str | None = None,
) -> Announcement:
    """Write a new draft, or change one. ConflictError once it was sent."""
    await enter(uow, organization_id)
    _check(words)
    first = await first_answer(uow, SAVE, idempotency_key)
    if first is not None:
        return await get(uow, organization_id, first)
    if announcement_id is None:
        row = Announcement(
            id=new_id(), organization_id=organization_id, author_id=uow.caller.user_id
        )
        row.state, row.recipients = AnnouncementState.DRAFT.value, 0
        uow.session.add(row)
    else:
        row = await _draft(uow, organization_id, announcement_id)
    row.subject_it, row.body_it = words.subject_it.strip(), words.body_it.strip()
    row.subject_en, row.body_en = words.subject_en.strip(), words.body_en.strip()
    await uow.session.flush()
    await remember(uow, SAVE, idempotency_key, row.id)
    uow.audit(organization_id, "announcement.saved", "Announcement", row.id)
    return row


async def discard(uow: UnitOfWork, *, organization_id: UUID, announcement_id: UUID) -> None:
    """Throw a draft away."""
    await enter(uow, organization_id)
    await uow.session.delete(await _draft(uow, organization_id, announcement_id))
    await uow.session.flush()
    uow.audit(organization_id, "announcement.discarded", "Announcement", announcement_id)


async def send(uow: UnitOfWork, *, organization_id: UUID, announcement_id: UUID) -> Announcement:
    """Publish a draft and begin to send it to every confirmed subscriber, as its task tells.

    ConflictError when it was sent.
    """
    await enter(uow, organization_id)
    row = await _draft(uow, organization_id, announcement_id)
    row.state, row.sent_at = AnnouncementState.SENDING.value, clock.now()
    row.recipients = await subscriptions.count_confirmed(uow.session, organization_id)
    uow.session.add(
        PublishedAnnouncement(
            id=new_id(),
            organization_id=organization_id,
            announcement_id=row.id,
            subject_it=row.subject_it,
            body_it=row.body_it,
            subject_en=row.subject_en,
            body_en=row.body_en,
            published_at=row.sent_at,
        )
    )
    await uow.session.flush()
    uow.audit(
        organization_id, "announcement.sent", "Announcement", row.id, recipients=row.recipients
    )
    task = await tasks.begin(
        uow,
        sending.SEND,
        organization_id=organization_id,
        payload={"announcement": str(row.id)},
        back=f"/office/announcements/{row.id}",
    )
    row.task_id = task.id
    return row


async def get(uow: UnitOfWork, organization_id: UUID, announcement_id: UUID) -> Announcement:
    """An announcement, for its municipality's officers."""
    await enter(uow, organization_id)
    row = await repository.get(uow.session, organization_id, announcement_id)
    if row is None:
        raise NotFoundError("There is no such announcement.")
    return row


async def history(
    uow: UnitOfWork, organization_id: UUID, *, size: int = 24, after: UUID | None = None
) -> Sequence[Announcement]:
    """A municipality's announcements, newest first; one row more than ``size`` if there is."""
    await enter(uow, organization_id)
    return await repository.page(uow.session, organization_id, size, after)


async def recipients(uow: UnitOfWork, organization_id: UUID) -> int:
    """How many people an announcement would reach now."""
    await enter(uow, organization_id)
    return await subscriptions.count_confirmed(uow.session, organization_id)


async def published(
    uow: UnitOfWork, organization_id: UUID, *, size: int = 24, after: UUID | None = None
) -> Sequence[PublishedAnnouncement]:
    """What anybody may read of a municipality. NotActiveError where it has none."""
    await gate.require_active(uow.session, SERVICE_KEY, organization_id)
    return await repository.published(uow.session, organization_id, size, after)
