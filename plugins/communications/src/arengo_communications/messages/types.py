"""GraphQL types of messages."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_communications.messages.models import Dispatch, Message
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id


@strawberry.type(description="A message on its way by one channel.")
class MessageDispatch:
    """One channel's part."""

    channel: str
    state: str = strawberry.field(
        description="queued, sending, sent, refused, failed (not sent) or unknown (perhaps sent)."
    )
    attempts: int
    sent_at: datetime | None
    reason: str

    @classmethod
    def of(cls, row: Dispatch) -> MessageDispatch:
        """From its row."""
        return cls(
            channel=row.channel,
            state=row.state,
            attempts=row.attempts,
            sent_at=row.sent_at,
            reason=row.reason,
        )


@strawberry.type(name="Message", description="A message sent on a member's behalf.")
class MessageType:
    """GraphQL face of a message; its content is not kept."""

    id: strawberry.ID
    topic: str
    subject: str
    recipient: str = strawberry.field(description="The address, masked.")
    created_at: datetime
    dispatches: list[MessageDispatch]

    @classmethod
    def of(cls, row: Message, dispatches: list[Dispatch]) -> MessageType:
        """From its rows."""
        return cls(
            id=global_id("Message", row.id),
            topic=row.topic,
            subject=row.subject,
            recipient=row.recipient_hint,
            created_at=row.created_at,
            dispatches=[MessageDispatch.of(dispatch) for dispatch in dispatches],
        )


@strawberry.type
class SendAgainPayload(Payload):
    """Whether the message is on its way again."""

    done: bool = False
