"""Endpoints of webhooks: who gets which events, under which secret."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.permissions.declared import WEBHOOKS
from arengo_core.plugins import gate
from arengo_core.webhooks import repository, signing
from arengo_core.webhooks.models import WebhookDelivery, WebhookEndpoint

SEND = "core.send_webhook"
MOST_ENDPOINTS = 10
LONGEST_URL = 1_000
OVERLAP = timedelta(hours=24)


async def events_for(uow: UnitOfWork, host: Host, organization_id: UUID) -> dict[str, str]:
    """Events that an organization may see, by name with their titles (msgids).

    Those of core and the marketplace, and of plugins of which it, or for a consortium a member
    of it, has a service active; if they happen to organizations of its kind.
    """
    registry = host.registry
    organization = await organizations.get(uow, organization_id)
    active = set(await gate.services_of(uow.session, [organization_id], [organization_id]))
    return {
        name: owned.value.title
        for name, owned in registry.published.items()
        if not owned.value.owners or organization.kind in owned.value.owners
        if not (services := registry.plugin(owned.plugin).services)
        or any(service.key in active for service in services)
    }


async def _checked(
    uow: UnitOfWork, host: Host, organization_id: UUID, url: str, events: Collection[str]
) -> tuple[str, list[str]]:
    address = host.outbound.check(url, field="url")
    if len(address) > LONGEST_URL:
        raise InvalidInputError(
            "At most {most} characters are possible.", field="url", most=LONGEST_URL
        )
    known = await events_for(uow, host, organization_id)
    chosen = sorted(set(events))
    if not chosen or not known.keys() >= set(chosen):
        raise InvalidInputError("Choose one event at least, of the list.", field="events")
    return address, chosen


async def create(
    uow: UnitOfWork, host: Host, *, organization_id: UUID, url: str, events: Collection[str]
) -> tuple[WebhookEndpoint, str]:
    """Add an endpoint; it and its secret, told this once."""
    uow.caller.require(organization_id, WEBHOOKS)
    address, chosen = await _checked(uow, host, organization_id, url, events)
    if await repository.count_of(uow.session, organization_id) >= MOST_ENDPOINTS:
        raise ConflictError("You have {most} webhooks: remove one first.", most=MOST_ENDPOINTS)
    secret = signing.new_secret()
    made = WebhookEndpoint(
        id=new_id(),
        organization_id=organization_id,
        url=address,
        events=chosen,
        secrets=host.cipher.encrypt({"now": secret}),
    )
    uow.session.add(made)
    uow.audit(organization_id, "webhook.created", "Webhook", made.id, events=chosen)
    await uow.session.flush()
    return made, secret


async def get(uow: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint of the caller's. NotFoundError when it is none of theirs."""
    uow.caller.require_signed_in()
    found = await repository.endpoint(uow.session, endpoint_id)
    if found is None:
        raise NotFoundError("There is no such webhook.")
    uow.caller.require(found.organization_id, WEBHOOKS)
    return found


async def _own(uow: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    """As :func:`get`; ConflictError for a plugin's, which no member changes."""
    found = await get(uow, endpoint_id)
    if found.plugin is not None:
        raise ConflictError(
            "This address is a plugin's own. Nothing more is sent there once its services are"
            " switched off."
        )
    return found


async def of(uow: UnitOfWork, organization_id: UUID) -> Sequence[WebhookEndpoint]:
    """An organization's endpoints."""
    uow.caller.require(organization_id, WEBHOOKS)
    return await repository.endpoints_of(uow.session, organization_id)


async def update(
    uow: UnitOfWork, host: Host, endpoint_id: UUID, *, url: str, events: Collection[str]
) -> WebhookEndpoint:
    """Change the address and events of an endpoint of one's own."""
    found = await _own(uow, endpoint_id)
    found.url, found.events = await _checked(uow, host, found.organization_id, url, events)
    uow.audit(found.organization_id, "webhook.changed", "Webhook", found.id, events=found.events)
    await uow.session.flush()
    return found


async def rotate(uow: UnitOfWork, host: Host, endpoint_id: UUID) -> str:
    """Give an endpoint a new secret, told this once; the former signs beside it for a day."""
    found = await _own(uow, endpoint_id)
    secret = signing.new_secret()
    former = host.cipher.decrypt(found.secrets)["now"]
    found.secrets = host.cipher.encrypt({"now": secret, "former": former})
    found.former_until = clock.now() + OVERLAP
    uow.audit(found.organization_id, "webhook.secret_changed", "Webhook", found.id)
    await uow.session.flush()
    return secret


async def switch_on(uow: UnitOfWork, endpoint_id: UUID) -> WebhookEndpoint:
    """Send to an endpoint again that was switched off."""
    found = await get(uow, endpoint_id)
    found.off_since = found.failing_since = None
    uow.audit(found.organization_id, "webhook.switched_on", "Webhook", found.id)
    await uow.session.flush()
    return found


async def remove(uow: UnitOfWork, endpoint_id: UUID) -> None:
    """Take an endpoint away, with its log."""
    found = await _own(uow, endpoint_id)
    await repository.remove(uow.session, found.id)
    uow.audit(found.organization_id, "webhook.removed", "Webhook", found.id)


async def resend(uow: UnitOfWork, delivery_id: UUID) -> WebhookDelivery:
    """Send once more, under the same id, what was delivered or failed."""
    uow.caller.require_signed_in()
    found = await repository.delivery(uow.session, delivery_id, lock=True)
    if found is None:
        raise NotFoundError("There is no such delivery.")
    endpoint = await get(uow, found.endpoint_id)
    if found.state == "waiting":
        raise ConflictError("It is on its way already.")
    if endpoint.off_since is not None:
        raise ConflictError("This webhook is switched off: switch it on first.")
    found.state, found.tries, found.next_at = "waiting", 0, clock.now()
    queue(uow, found)
    uow.audit(found.organization_id, "webhook.resent", "Webhook", endpoint.id)
    await uow.session.flush()
    return found


def queue(uow: UnitOfWork, delivery: WebhookDelivery, *, delay: float = 0) -> None:
    """Note the job of a delivery's next attempt, ``delay`` seconds from now."""
    payload = {
        "organization": str(delivery.organization_id),
        "delivery": str(delivery.id),
        "attempt": delivery.attempts,
    }
    uow.enqueue(SEND, payload, delay=delay)
