"""Queries on webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.outbox.models import OutboxEvent
from arengo_core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


async def endpoint(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint | None:
    """An endpoint in scope."""
    return await session.get(WebhookEndpoint, endpoint_id)


async def endpoints_of(session: AsyncSession, organization_id: UUID) -> Sequence[WebhookEndpoint]:
    """An organization's endpoints, oldest first."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == organization_id)
    return (await session.scalars(statement.order_by(WebhookEndpoint.id))).all()


async def listeners(
    session: AsyncSession, organization_id: UUID, event_name: str
) -> Sequence[WebhookEndpoint]:
    """Endpoints of an organization that are on and chose an event."""
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.organization_id == organization_id,
        WebhookEndpoint.off_since.is_(None),
        literal(event_name) == any_(WebhookEndpoint.events),
    )
    return (await session.scalars(statement)).all()


async def remove(session: AsyncSession, endpoint_id: UUID) -> None:
    """Take an endpoint away, with its log."""
    await session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id))


async def event(session: AsyncSession, event_id: UUID) -> OutboxEvent:
    """A recorded event."""
    return (
        await session.execute(select(OutboxEvent).where(OutboxEvent.id == event_id))
    ).scalar_one()


async def delivery(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> WebhookDelivery | None:
    """A delivery in scope."""
    return await session.get(
        WebhookDelivery, delivery_id, with_for_update=True if lock else None, populate_existing=lock
    )


async def locked_endpoint(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint:
    """An endpoint, locked until commit."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(fresh)).scalar_one()


async def deliveries_of(
    session: AsyncSession, endpoint_id: UUID, limit: int
) -> Sequence[WebhookDelivery]:
    """The latest deliveries to an endpoint, newest first."""
    statement = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    latest = statement.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return (await session.scalars(latest.limit(limit))).all()


async def attempts_of(
    session: AsyncSession, delivery_ids: Sequence[UUID]
) -> dict[UUID, list[WebhookAttempt]]:
    """The attempts of deliveries, oldest first."""
    statement = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(delivery_ids))
    found: dict[UUID, list[WebhookAttempt]] = {}
    for row in (await session.scalars(statement.order_by(WebhookAttempt.id))).all():
        found.setdefault(row.delivery_id, []).append(row)
    return found


async def count_of(session: AsyncSession, organization_id: UUID) -> int:
    """How many endpoints an organization has."""
    statement = select(func.count()).select_from(WebhookEndpoint)
    own = statement.where(WebhookEndpoint.organization_id == organization_id)
    return (await session.execute(own)).scalar_one()


async def forget(session: AsyncSession, endpoint_id: UUID, before: datetime) -> None:
    """Take what was delivered or failed to an endpoint before a moment out of its log."""
    await session.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.created_at < before,
            WebhookDelivery.state != "waiting",
        )
    )
