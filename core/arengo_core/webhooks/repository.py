"""Queries on webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.ids import new_id
from arengo_core.outbox.models import OutboxEvent
from arengo_core.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


async def endpoint(session: AsyncSession, endpoint_id: UUID) -> WebhookEndpoint | None:
    """An endpoint in scope."""
    return await session.get(WebhookEndpoint, endpoint_id)


async def endpoints_of(session: AsyncSession, organization_id: UUID) -> Sequence[WebhookEndpoint]:
    """An organization's endpoints, those of plugins too, oldest first."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.organization_id == organization_id)
    return (await session.scalars(statement.order_by(WebhookEndpoint.id))).all()


async def listeners(
    session: AsyncSession, organization_id: UUID, event_name: str
) -> Sequence[WebhookEndpoint]:
    """Endpoints of an organization's own that are on and chose an event."""
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.organization_id == organization_id,
        WebhookEndpoint.plugin.is_(None),
        WebhookEndpoint.off_since.is_(None),
        literal(event_name) == any_(WebhookEndpoint.events),
    )
    return (await session.scalars(statement)).all()


async def endpoint_of_plugin(
    session: AsyncSession, organization_id: UUID, plugin: str, url: str, event_name: str
) -> WebhookEndpoint:
    """Where a plugin gets an organization's events; made with the first of them."""
    names = func.array_append(WebhookEndpoint.events, event_name)
    known = literal(event_name) == any_(WebhookEndpoint.events)
    statement = insert(WebhookEndpoint).values(
        id=new_id(),
        organization_id=organization_id,
        plugin=plugin,
        url=url,
        events=[event_name],
        created_at=clock.now(),
    )
    made = statement.on_conflict_do_update(
        index_elements=["organization_id", "plugin"],
        set_={"url": url, "events": case((known, WebhookEndpoint.events), else_=names)},
    )
    fresh = {"populate_existing": True}
    found = await session.scalars(made.returning(WebhookEndpoint), execution_options=fresh)
    return found.one()


async def was_noted(session: AsyncSession, endpoint_id: UUID, event_id: UUID) -> bool:
    """Whether an event is on its way to an endpoint already, or was."""
    statement = select(WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.event_id == event_id
    )
    return (await session.execute(statement)).first() is not None


async def failed_to(session: AsyncSession, plugin: str) -> Sequence[WebhookDelivery]:
    """What a plugin was not told, of the organizations in scope, oldest first; locked."""
    statement = (
        select(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookEndpoint.plugin == plugin, WebhookDelivery.state == "failed")
        .order_by(WebhookDelivery.id)
        .with_for_update()
    )
    return (await session.scalars(statement)).all()


async def switch_on_for(session: AsyncSession, plugin: str) -> None:
    """Send to a plugin again that was switched off, for the organizations in scope."""
    await session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.plugin == plugin)
        .values(off_since=None, failing_since=None)
    )


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
    """How many endpoints of its own an organization has."""
    statement = select(func.count()).select_from(WebhookEndpoint)
    own = statement.where(
        WebhookEndpoint.organization_id == organization_id, WebhookEndpoint.plugin.is_(None)
    )
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
