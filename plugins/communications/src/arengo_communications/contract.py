"""What others may use of communications: send messages, and bring channels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from arengo_core.i18n import N_
from arengo_core.outbox.events import Event


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a message. ``organization_id`` puts it in that organization's inbox too."""

    name: str
    email: str
    locale: str
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A message's content, already in the recipient's language; a template lays it out.

    ``facts`` are label and value pairs shown as a table, ``action`` a label and an address.
    """

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    action: tuple[str, str] | None = None
    footer: str = ""


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """A message on a member's behalf. Idempotent by ``key``; ``topic`` groups it in reports.

    ``sender`` and ``reply_to`` name who writes where that is not the member.
    """

    key: str
    organization_id: UUID
    topic: str
    recipient: Recipient
    content: Content
    unsubscribe_url: str | None = None
    sender: str = ""
    reply_to: str = ""


class SendOutcome(StrEnum):
    """How a channel answered."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel answered."""

    outcome: SendOutcome
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """A message left by a channel. Organization: the member; aggregate: the message."""

    name: ClassVar[str] = "communications.message_sent"
    title: ClassVar[str] = N_("A message was sent")

    channel: str
    topic: str


class Messages(Protocol):
    """Capability of service ``communications``, in the caller's transaction."""

    async def send(self, request: MessageRequest) -> UUID:
        """Store a message; a job sends it after commit. The same key again sends nothing."""
        ...


class Announcements(Protocol):
    """Capability of service ``communications``: what a municipality announces."""

    async def public_page(self, slug: str) -> str:
        """The path where anybody reads a municipality's announcements and subscribes."""
        ...


class Channel(Protocol):
    """A way to reach people, registered as a Provider of this contract with its key."""

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """Hand a message over. Idempotent by ``key`` as far as the medium lets it."""
        ...

    def reaches(self, recipient: Recipient) -> bool:
        """Whether this channel can reach the recipient."""
        ...
