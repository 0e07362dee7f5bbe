"""Communications' demo step: announcements, subscribers and inboxes of some months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_communications.announcements.models import (
    Announcement,
    AnnouncementState,
    PublishedAnnouncement,
)
from arengo_communications.announcements.service import Words
from arengo_communications.demo.words import ANNOUNCEMENTS, DRAFT, STATEMENT, WELCOME
from arengo_communications.inbox.models import InboxItem
from arengo_communications.messages.models import Dispatch, DispatchState, Message
from arengo_communications.messages.service import hint
from arengo_communications.offering import SERVICE_KEY
from arengo_communications.subscriptions.models import (
    BY_ADDRESS,
    Subscription,
    SubscriptionConsent,
)
from arengo_communications.subscriptions.service import asked_words, secret_of
from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.consents.contract import ConsentAct
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import DemoStep

_TOWNS = 8
_SUBSCRIBERS = 24
Row = dict[str, Any]


async def load(host: Host, consortium: str) -> None:
    """Fill the first towns' announcements and everybody's inbox."""
    async with host.unit_of_work() as uow:
        place = await organizations.by_slug(uow.session, consortium)
        assert place is not None, "the marketplace's step made it"
        members = await gate.active_members(uow.session, SERVICE_KEY, place.id)
        rows = await organizations.by_ids(uow.session, members)
    found = sorted(rows.values(), key=lambda row: (row.kind, row.name))
    towns = [row for row in found if row.kind == OrganizationKind.MUNICIPALITY][:_TOWNS]
    shops = [row for row in found if row.kind == OrganizationKind.MERCHANT]
    subscribers = [row for town in towns for row in _subscribers(host, town)]
    async with host.unit_of_work(Caller.program([row.id for row in [*towns, *shops]])) as uow:
        for table, values in (
            (Subscription, subscribers),
            (SubscriptionConsent, [*_agreed(towns, subscribers)]),
            (Announcement, [row for town in towns for row in _announcements(town)]),
            (PublishedAnnouncement, [row for town in towns for row in _published(town)]),
            (InboxItem, [row for owner in [*towns, *shops] for row in _inbox(place.id, owner)]),
        ):
            if values:
                await uow.session.execute(insert(table), values)
        messages = [row for town in towns for row in _messages(town)]
        if messages:
            await uow.session.execute(insert(Message), messages)
            await uow.session.execute(insert(Dispatch), [_sent(row) for row in messages])


def _ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


def _address(town: Organization, number: int) -> str:
    return f"citizen{number}@{town.slug}.example"


def _subscribers(host: Host, town: Organization) -> Iterator[Row]:
    for number in range(1, _SUBSCRIBERS + 1):
        email = _address(town, number)
        yield {
            "id": new_id(),
            "organization_id": town.id,
            "email_digest": BY_ADDRESS.value(secret_of(host), email),
            "email_sealed": host.cipher.encrypt({"email": email}),
            "locale": "en" if number % 6 == 0 else "it",
            "mails": 1,
            "asked_at": _ago(90 - number),
            "confirmed_at": _ago(90 - number) if number % 8 else None,
        }


def _agreed(towns: Sequence[Organization], subscribers: Sequence[Row]) -> Iterator[Row]:
    places = {town.id: town for town in towns}
    for row in subscribers:
        if row["confirmed_at"] is not None:
            yield {
                "id": new_id(),
                "organization_id": row["organization_id"],
                "email_digest": row["email_digest"],
                "email_sealed": row["email_sealed"],
                "act": ConsentAct.GIVEN.value,
                "words": [*asked_words(places[row["organization_id"]], row["locale"])],
                "at": row["confirmed_at"],
            }


def _worded(words: Words) -> Row:
    return {
        "subject_it": words.subject_it,
        "body_it": words.body_it,
        "subject_en": words.subject_en,
        "body_en": words.body_en,
    }


def _announcements(town: Organization) -> Iterator[Row]:
    sent = [(words, _ago(days), AnnouncementState.SENT) for days, words in ANNOUNCEMENTS]
    for words, at, state in [*sent, (DRAFT, None, AnnouncementState.DRAFT)]:
        yield {
            "id": new_id(),
            "organization_id": town.id,
            "created_at": at or _ago(1),
            "state": state.value,
            "author_id": None,
            "recipients": _SUBSCRIBERS * 7 // 8 if at else 0,
            "sent_at": at,
            **_worded(words),
        }


def _published(town: Organization) -> Iterator[Row]:
    for days, words in ANNOUNCEMENTS:
        yield {
            "id": new_id(),
            "organization_id": town.id,
            "announcement_id": new_id(),
            "published_at": _ago(days),
            **_worded(words),
        }


def _messages(town: Organization) -> Iterator[Row]:
    confirmed = [number for number in range(1, _SUBSCRIBERS + 1) if number % 8]
    for position, (days, words) in enumerate(ANNOUNCEMENTS):
        for number in confirmed:
            yield {
                "id": new_id(),
                "organization_id": town.id,
                "key": f"demo:{position}:{number}",
                "topic": "announcement",
                "subject": words.subject_en if number % 6 == 0 else words.subject_it,
                "recipient_hint": hint(_address(town, number)),
                "sealed": None,
                "created_at": _ago(days),
            }


def _sent(message: Row) -> Row:
    return {
        "id": new_id(),
        "organization_id": message["organization_id"],
        "message_id": message["id"],
        "channel": "e-mail",
        "state": DispatchState.SENT.value,
        "attempts": 1,
        "taken_at": message["created_at"],
        "sent_at": message["created_at"],
        "reference": f"<{message['id']}@arengo.example>",
        "reason": "",
    }


def _inbox(consortium_id: UUID, owner: Organization) -> Iterator[Row]:
    texts: Sequence[tuple[float, str, tuple[str, str, str]]] = (
        (100, "welcome", WELCOME),
        (50, "statement", STATEMENT),
        (20, "statement", STATEMENT),
    )
    for number, (days, topic, (subject, *paragraphs)) in enumerate(texts):
        yield {
            "id": new_id(),
            "organization_id": owner.id,
            "key": f"demo:{number}",
            "sender_id": consortium_id,
            "topic": topic,
            "subject": subject,
            "paragraphs": paragraphs,
            "facts": [],
            "action_label": "",
            "action_url": "",
            "created_at": _ago(days),
            "read_at": _ago(days - 1) if number < 2 else None,
        }


STEPS = [DemoStep(50, N_("Announcements, subscribers and inboxes"), load)]
