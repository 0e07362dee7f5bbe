"""GraphQL types of dunning."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from arengo_core.api.scalars import global_id
from arengo_marketplace.dunning.models import Pause
from arengo_marketplace.dunning.schedule import NextReminder


@strawberry.type(name="StatementPause", description="A time in which no reminder is sent.")
class StatementPauseType:
    """GraphQL face of a pause."""

    id: strawberry.ID
    kind: str = strawberry.field(
        description="`dispute` by the member, or `office` where that has a reason."
    )
    reason: str
    opened_at: datetime
    answer: str = strawberry.field(description="What the office said at its end.")
    closed_at: datetime | None = strawberry.field(description="Null while reminders rest.")

    @classmethod
    def of(cls, row: Pause) -> StatementPauseType:
        """From its row."""
        return cls(
            id=global_id("StatementPause", row.id),
            kind=row.kind,
            reason=row.reason,
            opened_at=row.created_at,
            answer=row.answer,
            closed_at=row.closed_at,
        )


@strawberry.type(name="NextReminder", description="The reminder that comes next.")
class NextReminderType:
    """GraphQL face of a reminder to come."""

    level: int = strawberry.field(description="From 1 up.")
    on: date = strawberry.field(description="The first day on which it is sent.")

    @classmethod
    def of(cls, comes: NextReminder) -> NextReminderType:
        """From the schedule's."""
        return cls(level=comes.level, on=comes.on)
