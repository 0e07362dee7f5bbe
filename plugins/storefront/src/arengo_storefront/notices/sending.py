"""The job that sends notices: by the member's messages, else by core's own mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, NotYetError
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.identity import repository as identity
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.organizations import repository as organizations
from arengo_storefront import partners
from arengo_storefront.base import SERVICE
from arengo_storefront.notices import letters, repository
from arengo_storefront.notices.letters import Letter
from arengo_storefront.notices.models import Notice
from arengo_storefront.notices.service import SEND_JOB
from arengo_storefront.orders import repository as orders
from arengo_storefront.orders import service
from arengo_storefront.orders.links import order_path
from arengo_storefront.orders.views import with_lines


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter, to whom, and on behalf of which members it may go."""

    letter: Letter
    name: str
    emails: tuple[str, ...]
    locale: str
    members: tuple[UUID, ...]
    inbox: UUID | None = None


async def send(host: Host, payload: dict[str, Any]) -> None:
    """Job: send one notice, once, however often the job runs."""
    organization_id, notice_id = UUID(payload["organization"]), UUID(payload["notice"])
    caller = Caller.program([organization_id])
    async with host.unit_of_work(caller) as uow:
        notice = await repository.claim(uow.session, organization_id, notice_id, clock.now())
        if notice is None:
            if await repository.is_sent(uow.session, organization_id, notice_id):
                return
            raise NotYetError("Another job is sending this notice.")
        envelope = await _envelope(host, uow, notice)
        if envelope is None or await _by_messages(host, uow, envelope, notice):
            await repository.mark(uow.session, organization_id, notice_id, sent_at=clock.now())
            return
    sent_at = None
    try:
        for number, address in enumerate(envelope.emails):
            await host.mail.send(
                Mail(
                    to=address,
                    subject=envelope.letter.subject,
                    text=envelope.letter.as_text(),
                    message_id=f"<{notice_id}.{number}@storefront.arengo.example>",
                )
            )
        sent_at = clock.now()
    finally:
        async with host.unit_of_work(caller) as uow:
            await repository.mark(uow.session, organization_id, notice_id, sent_at=sent_at)


async def _envelope(host: Host, uow: UnitOfWork, notice: Notice) -> Envelope | None:
    if notice.kind in letters.SHOPPER:
        return await _to_shopper(host, uow, notice)
    return await _to_merchant(host, uow, notice)


async def _to_shopper(host: Host, uow: UnitOfWork, notice: Notice) -> Envelope | None:
    link = await orders.link_of(uow.session, notice.order_id)
    if link is None:
        return None
    view = await service.reach(uow, notice.order_id, link.merchants)
    set_locale(view.row.locale)
    facts = {**notice.facts, "part": str(notice.merchant_order_id)}
    letter = letters.SHOPPER[notice.kind](
        view, {"order": host.url(order_path(host, notice.order_id))}, facts
    )
    concerned = (
        [part.row.organization_id for part in view.parts if part.id == notice.merchant_order_id]
        if notice.merchant_order_id
        else list(link.merchants)
    )
    email = str(notice.facts.get("email") or view.row.email)
    return Envelope(letter, view.row.name, (email,), view.row.locale, tuple(concerned))


async def _to_merchant(host: Host, uow: UnitOfWork, notice: Notice) -> Envelope | None:
    merchant_id = notice.organization_id
    merchant = await organizations.get(uow.session, merchant_id)
    rows = await orders.merchant_orders_of(uow.session, notice.order_id, [merchant_id])
    if merchant is None or not rows:
        return None
    lines = await orders.lines_of(uow.session, [notice.order_id], [merchant_id])
    set_locale(merchant.locale)
    part = with_lines(rows, lines)[0]
    letter = letters.MERCHANT[notice.kind](
        part, {"desk": host.url(f"/desk/orders/{part.id}")}, notice.facts
    )
    emails = [merchant.email] if merchant.email else await _people(uow, merchant_id)
    if not emails:
        return None
    return Envelope(
        letter, merchant.name, tuple(emails), merchant.locale, (merchant_id,), merchant_id
    )


async def _people(uow: UnitOfWork, merchant_id: UUID) -> Sequence[str]:
    """Addresses of those in charge, for a merchant without an address of its own."""
    grants = await identity.roles_in(uow.session, merchant_id)
    ids = [grant.user_id for grant in grants if grant.role == Role.MERCHANT]
    async with uow.widened(ids):
        persons = await identity.persons(uow.session, ids)
        return sorted(person.email for person in persons.values())


async def _by_messages(host: Host, uow: UnitOfWork, envelope: Envelope, notice: Notice) -> bool:
    """Hand it to the first member's messages that are active; False where none are."""
    if not partners.HAS_COMMUNICATIONS:
        return False
    letter = envelope.letter
    for member in envelope.members:
        try:
            async with uow.session.begin_nested():
                messages = await host.capability(uow, partners.Messages, member)
                for number, email in enumerate(envelope.emails):
                    await messages.send(
                        partners.MessageRequest(
                            key=f"storefront:{notice.id}:{number}",
                            organization_id=member,
                            topic="orders",
                            recipient=partners.Recipient(
                                envelope.name, email, envelope.locale, envelope.inbox
                            ),
                            content=partners.Content(
                                letter.subject,
                                letter.paragraphs,
                                letter.facts,
                                letter.action,
                                letter.footer,
                            ),
                        )
                    )
        except ArengoError:
            continue
        return True
    return False


JOBS = [
    Job(SEND_JOB, send, title=N_("Mail a notice about an order"), service=SERVICE, finishes=True),
]
