"""Jobs of webhooks: from events to deliveries, and each delivery's attempts."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.outbox.events import Delivery, Event, EventHandler
from arengo_core.outbox.models import OutboxEvent
from arengo_core.remote import secrets as shared
from arengo_core.webhooks import repository, service, signing
from arengo_core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from arengo_core.webhooks.notices import NOTICE

PAUSES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds between attempts, lengthened by up to a tenth; as Standard Webhooks proposes."""

PATIENCE = timedelta(days=5)
"""After so long without one success an endpoint is switched off."""

KEPT = timedelta(days=30)
_TIME_LIMIT = 15.0
_LONGEST_ANSWER = 100_000
_ERROR_LIMIT = 200
_GONE = 410


async def collect(uow: UnitOfWork, delivery: Delivery[Event]) -> None:
    """Handler of every published event: note a delivery to each endpoint that chose it."""
    organization_id = delivery.event.organization_id
    recorded = await repository.event(uow.session, delivery.event_id)
    found = await repository.listeners(uow.session, organization_id, recorded.name)
    note_deliveries(uow, recorded, found)


def note_deliveries(
    uow: UnitOfWork, recorded: OutboxEvent, endpoints: Sequence[WebhookEndpoint]
) -> None:
    """An event is on its way to some endpoints of its organization."""
    body = {
        "type": recorded.name,
        "timestamp": recorded.occurred_at,
        "data": {**recorded.payload, "version": recorded.version},
    }
    text = msgspec.json.encode(body).decode()
    for endpoint in endpoints:
        row = WebhookDelivery(
            id=new_id(),
            organization_id=recorded.organization_id,
            endpoint_id=endpoint.id,
            event_id=recorded.id,
            event_name=recorded.name,
            body=text,
            state="waiting",
            attempts=0,
            tries=0,
            created_at=clock.now(),
            next_at=clock.now(),
        )
        uow.session.add(row)
        service.queue(uow, row)


class NotTakenError(Exception):
    """A remote plugin did not take an event: a fault of the plugin."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int | None
    error: str
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


async def send(host: Host, payload: dict[str, Any]) -> None:
    """Job: one attempt of a delivery; what was answered decides on the next."""
    organization = UUID(payload["organization"])
    caller = Caller.program([organization])
    number, attempt = UUID(payload["delivery"]), payload["attempt"]
    async with host.unit_of_work(caller) as uow:
        delivery = await repository.delivery(uow.session, number, lock=True)
        if delivery is None or delivery.state != "waiting" or delivery.attempts != attempt:
            return
        endpoint = await repository.locked_endpoint(uow.session, delivery.endpoint_id)
        valid = await _secrets(uow, host, endpoint)
        if endpoint.off_since is not None or not valid:
            delivery.state, delivery.next_at = "failed", None
            return
        url, body, plugin = endpoint.url, delivery.body.encode(), endpoint.plugin
        event = delivery.event_name
    outcome = await _post(host, url, valid, number, body)
    if plugin is not None and not outcome.is_success:
        fault = NotTakenError(outcome.error or f"HTTP {outcome.status}")
        await host.guard.record(plugin, f"event {event}", fault)
    async with host.unit_of_work(caller) as uow:
        delivery = await repository.delivery(uow.session, number, lock=True)
        if delivery is None or delivery.attempts != attempt:
            return
        endpoint = await repository.locked_endpoint(uow.session, delivery.endpoint_id)
        _note(uow, delivery, outcome)
        if outcome.is_success:
            delivery.state, delivery.next_at, endpoint.failing_since = "delivered", None, None
        else:
            _failed(uow, endpoint, delivery, outcome)
        await uow.session.flush()
        await repository.forget(uow.session, endpoint.id, clock.now() - KEPT)


async def _secrets(uow: UnitOfWork, host: Host, endpoint: WebhookEndpoint) -> list[str]:
    if endpoint.plugin is not None:
        return await shared.of_plugin(uow.session, host.cipher, endpoint.plugin)
    return shared.valid(host.cipher, endpoint.secrets, endpoint.former_until)


async def _post(host: Host, url: str, valid: list[str], number: UUID, body: bytes) -> _Outcome:
    headers = signing.headers(valid, f"msg_{number.hex}", int(clock.now().timestamp()), body)
    headers |= {"Content-Type": "application/json", "User-Agent": "Arengo-Webhooks/1"}
    status, error, began = None, "", time.monotonic()
    try:
        answer = await host.outbound.send(
            "POST",
            url,
            content=body,
            headers=headers,
            time_limit=_TIME_LIMIT,
            longest_answer=_LONGEST_ANSWER,
        )
        status = answer.status
    except httpx.HTTPError as failure:
        error = f"{type(failure).__name__}: {failure}"[:_ERROR_LIMIT]
    return _Outcome(status, error, int((time.monotonic() - began) * 1000))


def _note(uow: UnitOfWork, delivery: WebhookDelivery, outcome: _Outcome) -> None:
    delivery.attempts += 1
    delivery.tries += 1
    uow.session.add(
        WebhookAttempt(
            organization_id=delivery.organization_id,
            delivery_id=delivery.id,
            at=clock.now(),
            status=outcome.status,
            milliseconds=outcome.milliseconds,
            error=outcome.error,
        )
    )


def _failed(
    uow: UnitOfWork, endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: _Outcome
) -> None:
    """Try again later; after the last try, or where nobody is there any more, give up."""
    moment = clock.now()
    since = endpoint.failing_since = endpoint.failing_since or moment
    if outcome.status == _GONE or moment - since >= PATIENCE:
        endpoint.off_since = endpoint.off_since or moment
        uow.audit(endpoint.organization_id, "webhook.switched_off", "Webhook", endpoint.id)
        if endpoint.plugin is None:  # the office's page of plugins tells of those of plugins
            told = {"organization": str(endpoint.organization_id), "endpoint": str(endpoint.id)}
            uow.enqueue(NOTICE, told, dedupe=f"webhook-notice:{endpoint.id}")
    if endpoint.off_since is not None or delivery.tries > len(PAUSES):
        delivery.state, delivery.next_at = "failed", None
        return
    pause = PAUSES[delivery.tries - 1] * random.uniform(1, 1.1)  # noqa: S311 - spreads load
    delivery.next_at = moment + timedelta(seconds=pause)
    service.queue(uow, delivery, delay=pause)


HANDLER = EventHandler(Event, collect, "core.webhooks")
SEND_WEBHOOK = Job(service.SEND, send, title=N_("Send an event to a webhook"))
