"""The jobs that send statements: one finds the people, one writes to one of them.

A member's letters go by its own service of messages where it has one, else by mail.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from uuid import UUID

import aiosmtplib

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotActiveError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext, set_locale
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Attachment, Mail
from arengo_marketplace.contract import Correspondence, MemberLetter
from arengo_marketplace.deliveries import repository, service
from arengo_marketplace.deliveries.letters import Letter, letter_of
from arengo_marketplace.deliveries.models import Delivery, DeliveryState, Reason, Way
from arengo_marketplace.members.addresses import recipients
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements.sheet import Sheet, gathered

_REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class _Taken:
    delivery_id: UUID
    email: str
    sheet: Sheet
    letter: Letter


async def prepare(host: Host, payload: dict[str, Any]) -> None:
    """Job: note a delivery to each person of the member."""
    member = UUID(payload["member"])
    async with host.unit_of_work(Caller.program([member])) as uow:
        statement = await statements.get(uow.session, UUID(payload["statement"]))
        if statement is not None:
            await service.note(uow, statement)


async def send(host: Host, payload: dict[str, Any]) -> None:
    """Job: send one delivery, once. A failure is noted and tried again."""
    member, delivery_id = UUID(payload["member"]), UUID(payload["delivery"])
    taken = await _take(host, member, delivery_id)
    if taken is None:
        return
    pdf = await asyncio.to_thread(taken.sheet.pdf, host)
    try:
        reference = await host.mail.send(_mail(host, taken, pdf))
    except (aiosmtplib.SMTPException, OSError) as error:
        await _note(host, member, delivery_id, DeliveryState.FAILED, reason=str(error))
        raise
    await _note(host, member, delivery_id, DeliveryState.SENT, reference=reference)


def _mail(host: Host, taken: _Taken, pdf: bytes) -> Mail:
    letter = taken.letter
    attached = gettext("The statement is attached as PDF.")
    parts = (*letter.paragraphs, attached, letter.proof, f"{letter.action}:", letter.link)
    domain = parseaddr(host.settings.mail_from)[1].partition("@")[2]
    return Mail(
        to=taken.email,
        subject=letter.subject,
        text="\n\n".join(parts) + "\n",
        sender_name=taken.sheet.consortium.name,
        reply_to=taken.sheet.consortium.email or None,
        # The same in every try: a copy that went out twice can be told.
        message_id=f"<{taken.delivery_id}@{domain}>",
        attachments=(Attachment(f"{taken.sheet.file_name}.pdf", "application/pdf", pdf),),
    )


async def _take(host: Host, member: UUID, delivery_id: UUID) -> _Taken | None:
    async with host.unit_of_work(Caller.program([member])) as uow:
        row = await repository.locked(uow.session, delivery_id)
        if row is None or row.state == DeliveryState.SENT:
            return None
        statement = await statements.get(uow.session, row.statement_id)
        assert statement is not None, "statements are never deleted"
        sheet = await gathered(uow, host, statement)
        people = await recipients(uow, sheet.member)
        email = next((one.email for one in people if one.user_id == row.recipient_id), "")
        row.attempts += 1
        is_needless = row.level > 0 and sheet.standing.open <= 0
        if is_needless or not email:
            row.state = DeliveryState.FAILED.value
            row.reason = (Reason.SETTLED if is_needless else Reason.GONE).value
            return None
        set_locale(sheet.member.locale)
        letter = letter_of(host, sheet, row.level)
        message = MemberLetter(
            key=f"statement_delivery:{row.id}",
            organization_id=member,
            email=email,
            locale=sheet.member.locale,
            subject=letter.subject,
            paragraphs=(*letter.paragraphs, letter.proof),
            action=(letter.action, letter.link),
            sender=sheet.consortium.name,
            reply_to=sheet.consortium.email or "",
            in_inbox=people[0].user_id == row.recipient_id,
        )
        if (reference := await _handed_over(host, uow, message)) is not None:
            row.way, row.state = Way.COMMUNICATIONS.value, DeliveryState.SENT.value
            row.reference, row.reason, row.sent_at = str(reference), "", clock.now()
            return None
        return _Taken(row.id, email, sheet, letter)


async def _handed_over(host: Host, uow: UnitOfWork, letter: MemberLetter) -> UUID | None:
    """The message that a letter became; None where the member has no service, or a faulty one."""
    try:
        service_of_messages = await host.capability(uow, Correspondence, letter.organization_id)
        return await service_of_messages.send(letter)
    except (NotActiveError, UnavailableError):
        return None


async def _note(
    host: Host,
    member: UUID,
    delivery_id: UUID,
    state: DeliveryState,
    *,
    reference: str = "",
    reason: str = "",
) -> None:
    async with host.unit_of_work(Caller.program([member])) as uow:
        row: Delivery | None = await repository.locked(uow.session, delivery_id)
        if row is None or row.state == DeliveryState.SENT:
            return
        row.state, row.reference, row.reason = state.value, reference, reason[:_REASON_LIMIT]
        row.sent_at = clock.now() if state is DeliveryState.SENT else None


JOBS = [
    Job(service.PREPARE, prepare, title=N_("Find who gets a statement"), member="member"),
    Job(service.SEND, send, title=N_("Mail a statement"), member="member"),
]
