"""GraphQL of webhooks."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.i18n import gettext
from arengo_core.identity.graphql import DonePayload
from arengo_core.permissions.declared import WEBHOOKS
from arengo_core.webhooks import log, service
from arengo_core.webhooks.types import (
    DeliveryPayload,
    WebhookDeliveryType,
    WebhookEventType,
    WebhookPayload,
    WebhookType,
)


@strawberry.type
class WebhookQuery:
    """Root queries of webhooks."""

    @strawberry.field(description="Events that an organization may have sent; for its leaders.")
    async def webhook_events(
        self, info: Info, organization_id: strawberry.ID
    ) -> list[WebhookEventType]:
        """Events to choose from."""
        place = local_id(organization_id, "Organization", "organization_id")
        info.context.caller.require(place, WEBHOOKS)
        uow = info.context.uow
        async with uow.lock:
            found = await service.events_for(uow, info.context.host, place)
        return [WebhookEventType(name=name, title=gettext(title)) for name, title in found.items()]

    @strawberry.field(description="An organization's webhooks; for its leaders.")
    async def webhooks(self, info: Info, organization_id: strawberry.ID) -> list[WebhookType]:
        """Endpoints."""
        uow = info.context.uow
        place = local_id(organization_id, "Organization", "organization_id")
        async with uow.lock:
            return [WebhookType.of(row) for row in await service.of(uow, place)]

    @strawberry.field(description="The last 50 deliveries of a webhook, newest first.")
    async def webhook_deliveries(
        self, info: Info, webhook_id: strawberry.ID
    ) -> list[WebhookDeliveryType]:
        """The delivery log."""
        uow = info.context.uow
        async with uow.lock:
            found = await log.of(uow, local_id(webhook_id, "Webhook", "webhook_id"))
        return [WebhookDeliveryType.of(entry) for entry in found]


@strawberry.type
class WebhookMutation:
    """Root mutations of webhooks."""

    @strawberry.mutation(description="Have events of an organization sent to an address.")
    @answers(WebhookPayload)
    async def create_webhook(
        self, info: Info, organization_id: strawberry.ID, url: str, events: list[str]
    ) -> WebhookPayload:
        """Create."""
        place = local_id(organization_id, "Organization", "organization_id")
        async with info.context.writing() as uow:
            made, secret = await service.create(
                uow, info.context.host, organization_id=place, url=url, events=events
            )
        return WebhookPayload(webhook=WebhookType.of(made), secret=secret)

    @strawberry.mutation(description="Change a webhook's address and events.")
    @answers(WebhookPayload)
    async def update_webhook(
        self, info: Info, webhook_id: strawberry.ID, url: str, events: list[str]
    ) -> WebhookPayload:
        """Update."""
        number = local_id(webhook_id, "Webhook", "webhook_id")
        async with info.context.writing() as uow:
            row = await service.update(uow, info.context.host, number, url=url, events=events)
        return WebhookPayload(webhook=WebhookType.of(row))

    @strawberry.mutation(
        description="Give a webhook a new secret; for a day the former one signs beside it."
    )
    @answers(WebhookPayload)
    async def rotate_webhook_secret(self, info: Info, webhook_id: strawberry.ID) -> WebhookPayload:
        """Rotate."""
        number = local_id(webhook_id, "Webhook", "webhook_id")
        async with info.context.writing() as uow:
            secret = await service.rotate(uow, info.context.host, number)
            row = await service.get(uow, number)
        return WebhookPayload(webhook=WebhookType.of(row), secret=secret)

    @strawberry.mutation(description="Send to a webhook again that was switched off.")
    @answers(WebhookPayload)
    async def switch_webhook_on(self, info: Info, webhook_id: strawberry.ID) -> WebhookPayload:
        """Switch on."""
        async with info.context.writing() as uow:
            row = await service.switch_on(uow, local_id(webhook_id, "Webhook", "webhook_id"))
        return WebhookPayload(webhook=WebhookType.of(row))

    @strawberry.mutation(description="Take a webhook away, with its delivery log.")
    @answers(DonePayload)
    async def remove_webhook(self, info: Info, webhook_id: strawberry.ID) -> DonePayload:
        """Remove."""
        async with info.context.writing() as uow:
            await service.remove(uow, local_id(webhook_id, "Webhook", "webhook_id"))
        return DonePayload(done=True)

    @strawberry.mutation(description="Send an event to a webhook once more, under the same id.")
    @answers(DeliveryPayload)
    async def resend_webhook_delivery(
        self, info: Info, delivery_id: strawberry.ID
    ) -> DeliveryPayload:
        """Resend."""
        number = local_id(delivery_id, "WebhookDelivery", "delivery_id")
        async with info.context.writing() as uow:
            row = await service.resend(uow, number)
        return DeliveryPayload(delivery_id=global_id("WebhookDelivery", row.id))
