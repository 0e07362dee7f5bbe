"""GraphQL types of webhooks."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id
from arengo_core.webhooks.log import LogEntry
from arengo_core.webhooks.models import WebhookAttempt, WebhookEndpoint


@strawberry.type(name="WebhookEvent", description="An event that may be sent.")
class WebhookEventType:
    """An event's name and what happened, in words."""

    name: str
    title: str


@strawberry.type(name="Webhook", description="An address that gets an organization's events.")
class WebhookType:
    """GraphQL face of an endpoint, without its secret."""

    id: strawberry.ID
    url: str
    events: list[str]
    created_at: datetime
    failing_since: datetime | None = strawberry.field(
        description="No delivery succeeded since then."
    )
    off_since: datetime | None = strawberry.field(description="Nothing is sent since then.")
    former_secret_until: datetime | None
    plugin: str | None = strawberry.field(
        description="Key of the remote plugin whose address it is; null: the organization's own."
    )

    @classmethod
    def of(cls, row: WebhookEndpoint) -> WebhookType:
        """From its row."""
        return cls(
            id=global_id("Webhook", row.id),
            url=row.url,
            events=list(row.events),
            created_at=row.created_at,
            failing_since=row.failing_since,
            off_since=row.off_since,
            former_secret_until=row.former_until,
            plugin=row.plugin,
        )


@strawberry.type(name="WebhookAttempt", description="One request to a webhook.")
class WebhookAttemptType:
    """GraphQL face of an attempt."""

    at: datetime
    status: int | None = strawberry.field(description="HTTP status; null: nothing was answered.")
    milliseconds: int
    error: str

    @classmethod
    def of(cls, row: WebhookAttempt) -> WebhookAttemptType:
        """From its row."""
        return cls(at=row.at, status=row.status, milliseconds=row.milliseconds, error=row.error)


@strawberry.type(name="WebhookDelivery", description="An event on its way to a webhook.")
class WebhookDeliveryType:
    """GraphQL face of a delivery; ``state`` is waiting, delivered or failed."""

    id: strawberry.ID
    event: str
    state: str
    created_at: datetime
    next_at: datetime | None
    attempts: list[WebhookAttemptType]

    @classmethod
    def of(cls, entry: LogEntry) -> WebhookDeliveryType:
        """From the log's."""
        row = entry.delivery
        return cls(
            id=global_id("WebhookDelivery", row.id),
            event=row.event_name,
            state=row.state,
            created_at=row.created_at,
            next_at=row.next_at,
            attempts=[WebhookAttemptType.of(one) for one in entry.attempts],
        )


@strawberry.type
class WebhookPayload(Payload):
    """A webhook; its secret where it is new, told this once."""

    webhook: WebhookType | None = None
    secret: str | None = None


@strawberry.type
class DeliveryPayload(Payload):
    """The delivery that is sent again."""

    delivery_id: strawberry.ID | None = None
