"""Rules for subscriptions: double opt-in by mail, one click to leave."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from arengo_communications.contract import Content, MessageRequest, Recipient
from arengo_communications.messages.service import store
from arengo_communications.offering import SERVICE_KEY
from arengo_communications.subscriptions import consents, links, repository
from arengo_communications.subscriptions.links import Subscriber
from arengo_communications.subscriptions.models import BY_ADDRESS, Subscription
from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.ids import new_id
from arengo_core.mail.address import check_email
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate

LINK_LIFE = timedelta(days=7)
MAIL_PAUSE = timedelta(minutes=10)


def secret_of(host: Host) -> bytes:
    """The installation's secret."""
    return host.settings.secret_key.get_secret_value().encode()


async def town(uow: UnitOfWork, slug: str) -> Organization:
    """A municipality by its short name. NotFoundError when there is none."""
    found = await organizations.by_slug(uow.session, slug)
    if found is None or found.kind != OrganizationKind.MUNICIPALITY:
        raise NotFoundError("There is no such municipality.")
    return found


async def subscribe(host: Host, uow: UnitOfWork, *, town_id: UUID, email: str, locale: str) -> None:
    """Ask for a municipality's announcements; a mail asks back.

    Says nothing of whether the address was known, and mails it once in ten minutes at most.
    NotActiveError where the municipality has no announcements.
    """
    await gate.require_active(uow.session, SERVICE_KEY, town_id)
    address = check_email(email)
    place = await organizations.get(uow.session, town_id)
    if place is None:
        raise NotFoundError("There is no such municipality.")
    await uow.widen([town_id])
    moment = clock.now()
    row = await repository.claim(
        uow.session,
        {
            "id": new_id(),
            "organization_id": town_id,
            "email_digest": BY_ADDRESS.value(secret_of(host), address),
            "email_sealed": host.cipher.encrypt({"email": address}),
            "locale": locale,
            "mails": 0,
            "asked_at": moment,
        },
    )
    if row.confirmed_at is not None or (row.mails and moment - row.asked_at < MAIL_PAUSE):
        return
    row.mails, row.asked_at, row.locale = row.mails + 1, moment, locale
    await uow.session.flush()
    await store(host, uow, _question(host, place, row, address))


def _question(host: Host, place: Organization, row: Subscription, address: str) -> MessageRequest:
    token = links.sign(secret_of(host), links.CONFIRM, Subscriber(place.id, row.id))
    subject, question, button = asked_words(place, row.locale)
    before = current_locale()
    set_locale(row.locale)
    try:
        content = Content(
            subject=subject,
            paragraphs=(
                question,
                _("Confirm within seven days. If it was not you, do nothing: no more mail comes."),
            ),
            action=(button, host.url(f"/subscriptions/{token}")),
        )
    finally:
        set_locale(before)
    return MessageRequest(
        key=f"subscription:{row.id}:{row.mails}",
        organization_id=place.id,
        topic="subscription",
        recipient=Recipient(name="", email=address, locale=row.locale),
        content=content,
    )


async def _behind(host: Host, uow: UnitOfWork, purpose: str, token: str) -> Subscription | None:
    subscriber = links.read(secret_of(host), purpose, token)
    await uow.widen([subscriber.organization_id])
    return await repository.get(uow.session, subscriber.organization_id, subscriber.subscription_id)


async def asked(host: Host, uow: UnitOfWork, token: str) -> Subscription:
    """The subscription that a confirmation link asks about. NotFoundError when it is over."""
    row = await _behind(host, uow, links.CONFIRM, token)
    if row is None or (row.confirmed_at is None and clock.now() - row.asked_at > LINK_LIFE):
        raise NotFoundError("This link is over. Subscribe again to get a new one.")
    return row


async def confirm(host: Host, uow: UnitOfWork, token: str) -> Subscription:
    """Confirm a subscription by the mailed link; again changes nothing."""
    row = await asked(host, uow, token)
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        place = await organizations.get(uow.session, row.organization_id)
        assert place is not None, "its link says whose announcements it is about"
        await consents.give(uow, row, asked_words(place, row.locale), row.confirmed_at)
    return row


def asked_words(place: Organization, locale: str) -> tuple[str, str, str]:
    """What the mail that asks back says: its subject, the question, the button."""
    before = current_locale()
    set_locale(locale)
    try:
        return (
            _("Confirm: announcements of {place}", place=place.name),
            _("Somebody, probably you, asked for the announcements of {place}.", place=place.name),
            _("Confirm the subscription"),
        )
    finally:
        set_locale(before)


async def leaving(host: Host, uow: UnitOfWork, token: str) -> Organization:
    """Whose announcements an unsubscribe link ends."""
    place = await organizations.get(
        uow.session, links.read(secret_of(host), links.UNSUBSCRIBE, token).organization_id
    )
    if place is None:
        raise NotFoundError("There is no such municipality.")
    return place


async def unsubscribe(host: Host, uow: UnitOfWork, token: str) -> Organization:
    """Delete a subscription by the link of a mail; again changes nothing, always possible."""
    row = await _behind(host, uow, links.UNSUBSCRIBE, token)
    if row is not None:
        if row.confirmed_at is not None:
            await consents.withdraw(uow, row, clock.now())
        await uow.session.delete(row)
        await uow.session.flush()
    return await leaving(host, uow, token)


def unsubscribe_url(host: Host, row: Subscription) -> str:
    """The link that ends a subscription."""
    token = links.sign(secret_of(host), links.UNSUBSCRIBE, Subscriber(row.organization_id, row.id))
    return host.url(f"/unsubscribe/{token}")
