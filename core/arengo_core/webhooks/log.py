"""The delivery log of an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.webhooks import repository, service
from arengo_core.webhooks.models import WebhookAttempt, WebhookDelivery

SHOWN = 50


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A delivery with its attempts, oldest first."""

    delivery: WebhookDelivery
    attempts: tuple[WebhookAttempt, ...]

    @property
    def last(self) -> WebhookAttempt | None:
        """The latest attempt, if there was one."""
        return self.attempts[-1] if self.attempts else None


async def of(uow: UnitOfWork, endpoint_id: UUID) -> list[LogEntry]:
    """The latest deliveries to an endpoint of the caller's, newest first."""
    endpoint = await service.get(uow, endpoint_id)
    rows = await repository.deliveries_of(uow.session, endpoint.id, SHOWN)
    attempts = await repository.attempts_of(uow.session, [row.id for row in rows])
    return [LogEntry(row, tuple(attempts.get(row.id, ()))) for row in rows]
