"""GraphQL types of deliveries."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.scalars import global_id
from arengo_marketplace.deliveries.models import Delivery


@strawberry.type(
    name="StatementDelivery", description="A statement, or a reminder of it, sent to somebody."
)
class StatementDeliveryType:
    """GraphQL face of a delivery."""

    id: strawberry.ID
    level: int = strawberry.field(description="0 for the statement, else the reminder's level.")
    role: str = strawberry.field(
        description="The recipient's role; `organization` for the address of the member itself."
    )
    way: str = strawberry.field(description="`mail` or `communications`.")
    state: str = strawberry.field(description="`queued`, `sent` or `failed`, to be tried again.")
    attempts: int
    reason: str = strawberry.field(
        description="Why it failed: `nobody` to write to, `gone` since, `settled` before it was"
        " sent, or what the way answered."
    )
    sent_at: datetime | None

    @classmethod
    def of(cls, row: Delivery) -> StatementDeliveryType:
        """From its row."""
        return cls(
            id=global_id("StatementDelivery", row.id),
            level=row.level,
            role=row.role,
            way=row.way,
            state=row.state,
            attempts=row.attempts,
            reason=row.reason,
            sent_at=row.sent_at,
        )
