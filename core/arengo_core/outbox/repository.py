"""Queries of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.outbox.models import OutboxCursor, OutboxEvent

_RECORD = text(
    "select core.record_event(:id, :aggregate, :organization, :name,"
    " cast(:payload as jsonb), :occurred_at, :trace, cast(:handlers as text[]))"
)


async def insert_event(session: AsyncSession, row: dict[str, Any]) -> int:
    """Store an event with the next version of its aggregate; returns the version."""
    return int((await session.execute(_RECORD, row)).scalar_one())


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
