"""Rules of feedback: to whom it goes, how much of it is taken, and its mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, TooManyError
from arengo_core.feedback import repository
from arengo_core.feedback.models import Feedback
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.identity import repository as people
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.mail.address import check_email
from arengo_core.mail.sender import Mail
from arengo_core.organizations import repository as organizations
from arengo_core.organizations import service as organization_service
from arengo_core.organizations.models import Organization

LONGEST = 4_000
AN_HOUR = 30
SEND = "core.send_feedback"


async def offices(uow: UnitOfWork, site: UUID | None = None) -> Sequence[Organization]:
    """The consortia that a message may go to: the one whose address this is, or all."""
    found = await organizations.of_kind(uow.session, OrganizationKind.CONSORTIUM.value)
    own = [consortium for consortium in found if consortium.id == site]
    return own or found


def _chosen(found: Sequence[Organization], consortium_id: UUID | None) -> Organization:
    if not found:
        raise ConflictError("Nobody has set this site up yet: there is no office to write to.")
    if consortium_id is None and len(found) == 1:
        return found[0]
    for consortium in found:
        if consortium.id == consortium_id:
            return consortium
    raise InvalidInputError("Choose the office that your message goes to.", field="consortium")


async def send(
    uow: UnitOfWork,
    *,
    text: str,
    reply_to: str = "",
    page: str = "",
    consortium_id: UUID | None = None,
    site: UUID | None = None,
) -> UUID:
    """Take a message for a consortium's office; anybody may write. Returns its id.

    InvalidInputError names the field; TooManyError after ``AN_HOUR`` messages in an hour.
    """
    text = text.strip()
    if not text:
        raise InvalidInputError("Say what is wrong, in a sentence or two.", field="text")
    if len(text) > LONGEST:
        raise InvalidInputError(
            "The message has {length} characters: up to {longest} are taken.",
            field="text",
            length=len(text),
            longest=LONGEST,
        )
    consortium = _chosen(await offices(uow, site), consortium_id)
    await uow.widen([consortium.id])
    since = clock.now() - timedelta(hours=1)
    if await repository.count_since(uow.session, consortium.id, since) >= AN_HOUR:
        raise TooManyError("Too many messages arrived in this hour. Try again later.")
    row = Feedback(
        id=new_id(),
        organization_id=consortium.id,
        text=text,
        reply_to=check_email(reply_to) if reply_to.strip() else "",
        page=page.strip()[:500],
    )
    uow.session.add(row)
    uow.enqueue(SEND, {"feedback": str(row.id), "organization": str(consortium.id)})
    return row.id


async def _recipients(uow: UnitOfWork, consortium: Organization) -> list[str]:
    if consortium.email:
        return [consortium.email]
    officers = await repository.officers_of(uow.session, consortium.id)
    await uow.widen(officers)
    return [person.email for person in (await people.persons(uow.session, officers)).values()]


async def deliver(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a message to the office, then delete its words."""
    organization_id, feedback_id = UUID(payload["organization"]), UUID(payload["feedback"])
    async with host.unit_of_work(Caller.program([organization_id]), read_only=True) as uow:
        row = await uow.session.get(Feedback, feedback_id)
        if row is None or row.sent_at is not None:
            return
        consortium = await organization_service.get(uow, organization_id)
        recipients = await _recipients(uow, consortium)
    if not recipients:
        raise ConflictError(
            "The consortium {name} has neither an e-mail address nor an officer.",
            name=consortium.name,
        )
    set_locale(consortium.locale)
    for address in recipients:
        await host.mail.send(
            Mail(
                to=address,
                subject=_("Feedback on {name}'s site", name=consortium.name),
                text=_(
                    "Somebody wrote through the feedback page:\n\n{text}\n\nPage: {page}\n"
                    "Answer to: {reply_to}\n",
                    text=row.text,
                    page=row.page or "—",
                    reply_to=row.reply_to or "—",
                ),
                reply_to=row.reply_to or None,
                message_id=f"<{row.id}@feedback.arengo.example>",
            )
        )
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        sent = await uow.session.get(Feedback, feedback_id)
        if sent is not None:
            sent.sent_at, sent.text, sent.reply_to = clock.now(), "", ""


JOBS = [Job(SEND, deliver, title=N_("Send feedback to the office"))]
