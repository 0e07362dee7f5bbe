"""GraphQL types of the inbox."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_communications.inbox.models import InboxItem
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id


@strawberry.type(description="A label and its value.")
class MessageFact:
    """A fact of a message."""

    label: str
    value: str


@strawberry.type(name="InboxItem", description="A message to an organization.")
class InboxItemType:
    """GraphQL face of an inbox item."""

    id: strawberry.ID
    topic: str
    subject: str
    paragraphs: list[str]
    facts: list[MessageFact]
    action_label: str
    action_url: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: InboxItem) -> InboxItemType:
        """From its row."""
        return cls(
            id=global_id("InboxItem", row.id),
            topic=row.topic,
            subject=row.subject,
            paragraphs=list(row.paragraphs),
            facts=[MessageFact(label=label, value=value) for label, value in row.facts],
            action_label=row.action_label,
            action_url=row.action_url,
            created_at=row.created_at,
            read_at=row.read_at,
        )


@strawberry.type
class InboxItemPayload(Payload):
    """The message, marked."""

    item: InboxItemType | None = None
