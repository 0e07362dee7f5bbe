"""Queries of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.outbox.models import OutboxCursor, OutboxEvent

_RECORD = text("""
    select core.record_event(event.id, event.aggregate, event.organization, event.name,
                             event.payload, event.occurred_at, event.trace, event.handlers)
    from (select * from rows from (jsonb_to_recordset(cast(:events as jsonb))
              as (id uuid, aggregate uuid, organization uuid, name text, payload jsonb,
                  occurred_at timestamptz, trace text, handlers text[]))
          with ordinality order by ordinality) as event
""")


async def insert_events(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store events in their order, each with the next version of its aggregate: the versions."""
    found = await session.execute(_RECORD, {"events": msgspec.json.encode(rows).decode()})
    return list(found.scalars())


async def lock_cursor(session: AsyncSession, handler: str, aggregate_id: UUID) -> OutboxCursor:
    """The cursor of a handler on an aggregate, locked until commit."""
    return (
        await session.execute(
            select(OutboxCursor)
            .where(OutboxCursor.handler == handler, OutboxCursor.aggregate_id == aggregate_id)
            .with_for_update()
        )
    ).scalar_one()


async def next_event(
    session: AsyncSession, aggregate_id: UUID, after: int, up_to: int | None
) -> OutboxEvent | None:
    """The aggregate's first event after a version, at most ``up_to`` where it is given."""
    statement = select(OutboxEvent).where(
        OutboxEvent.aggregate_id == aggregate_id, OutboxEvent.version > after
    )
    if up_to is not None:
        statement = statement.where(OutboxEvent.version <= up_to)
    return (
        await session.execute(statement.order_by(OutboxEvent.version).limit(1))
    ).scalar_one_or_none()


async def held(session: AsyncSession) -> Sequence[OutboxCursor]:
    """Handlers that stand before an event which fails."""
    return (
        (await session.execute(select(OutboxCursor).where(OutboxCursor.error.is_not(None))))
        .scalars()
        .all()
    )
