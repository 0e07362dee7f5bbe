"""Delivery of events to handlers, in the order of each aggregate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from arengo_core import clock, tracing
from arengo_core.caller import Caller
from arengo_core.database.limits import statements_within
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.outbox import repository
from arengo_core.outbox.events import Delivery, Event, EventHandler
from arengo_core.plugins import gate


class GapError(Exception):
    """An earlier event of the aggregate is not there yet: this one is put back."""


async def deliver(host: Host, payload: dict[str, Any]) -> None:
    """Job: bring a handler's aggregate up to the version that caused this job."""
    found = host.registry.event_handlers.get(payload["handler"])
    if found is None:
        return
    tracing.start(payload.get("trace"))
    aggregate, organization = UUID(payload["aggregate"]), UUID(payload["organization"])
    try:
        with statements_within(host.guard.time_limit), host.guard.under_way.of(found.plugin):
            while await _step(host, found.value, aggregate, organization, payload["version"]):
                pass
    except GapError as error:
        await _mark(host, payload["handler"], aggregate, type(error).__name__)
        raise
    except (Exception, SystemExit) as error:
        await host.guard.record(found.plugin, f"event handler {payload['handler']}", error)
        await _mark(host, payload["handler"], aggregate, type(error).__name__)
        raise


async def _step(
    host: Host, handler: EventHandler, aggregate: UUID, organization: UUID, up_to: int
) -> bool:
    """Handle the next event in one transaction with the cursor; False when there is none."""
    async with host.unit_of_work(Caller.program([organization])) as uow:
        cursor = await repository.lock_cursor(uow.session, handler.key, aggregate)
        event = await repository.next_event(uow.session, aggregate, cursor.version, up_to)
        if event is None:
            return False
        if event.version != cursor.version + 1:
            raise GapError(f"version {event.version} came after {cursor.version}")
        wanted = handler.event.name in {event.name, Event.name}
        if wanted and handler.service is not None and not handler.finishes:
            wanted = await gate.is_active(uow.session, handler.service, organization)
        if wanted:
            delivery = Delivery(
                event_id=event.id,
                version=event.version,
                occurred_at=event.occurred_at,
                event=msgspec.convert(event.payload, handler.event, strict=False),
            )
            await handler.handle(uow, delivery)
        cursor.version, cursor.error, cursor.updated_at = event.version, None, clock.now()
        return True


async def _mark(host: Host, handler: str, aggregate: UUID, error: str) -> None:
    async with host.unit_of_work() as uow:
        cursor = await repository.lock_cursor(uow.session, handler, aggregate)
        cursor.error, cursor.updated_at = error, clock.now()


async def pass_over(uow: UnitOfWork, handler: str, aggregate: UUID, organization: UUID) -> int:
    """Leave out the event before which a handler stands, or the gap; the version reached now."""
    async with uow.widened([organization]):
        cursor = await repository.lock_cursor(uow.session, handler, aggregate)
        event = await repository.next_event(uow.session, aggregate, cursor.version, None)
        if event is not None:
            is_gap = event.version != cursor.version + 1
            cursor.version = event.version - 1 if is_gap else event.version
        cursor.error, cursor.updated_at = None, clock.now()
    return cursor.version
