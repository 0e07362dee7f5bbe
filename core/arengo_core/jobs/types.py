"""GraphQL types of dead letters."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.jobs.service import DeadLetter


@strawberry.type(name="DeadLetter", description="A job or an event's delivery that gave up.")
class DeadLetterType:
    """GraphQL face of what gave up."""

    id: strawberry.ID
    plugin: str
    title: str = strawberry.field(description="The job or the event in words.")
    name: str = strawberry.field(description="The job's name, or the key of the event's handler.")
    is_event: bool
    failed_at: datetime
    error: str
    trace_id: str
    waiting: int = strawberry.field(description="How many jobs wait, with those behind it.")

    @classmethod
    def of(cls, letter: DeadLetter) -> DeadLetterType:
        """From the domain's."""
        return cls(
            id=strawberry.ID(str(letter.id)),
            plugin=letter.plugin,
            title=letter.title,
            name=letter.name,
            is_event=letter.is_event,
            failed_at=letter.failed_at,
            error=letter.error,
            trace_id=letter.trace_id,
            waiting=len(letter.job_ids),
        )


@strawberry.type
class DeadLetterPayload(Payload):
    """What was replayed or discarded."""

    dead_letter: DeadLetterType | None = None
