"""Queries on messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_communications.messages.models import Dispatch, DispatchState, Message


async def insert_message(session: AsyncSession, row: dict[str, Any]) -> UUID | None:
    """Store a message; None when its key was used before."""
    statement = (
        insert(Message)
        .values(row)
        .on_conflict_do_nothing(index_elements=["organization_id", "key"])
    )
    return (await session.execute(statement.returning(Message.id))).scalar_one_or_none()


async def id_of_key(session: AsyncSession, organization_id: UUID, key: str) -> UUID:
    """The message that used a key."""
    statement = select(Message.id).where(
        Message.organization_id == organization_id, Message.key == key
    )
    return (await session.execute(statement)).scalar_one()


async def get(session: AsyncSession, organization_id: UUID, message_id: UUID) -> Message | None:
    """A message of a member."""
    statement = select(Message).where(
        Message.organization_id == organization_id, Message.id == message_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_dispatch(
    session: AsyncSession, organization_id: UUID, dispatch_id: UUID
) -> Dispatch | None:
    """A dispatch, locked until commit."""
    statement = (
        select(Dispatch)
        .where(Dispatch.organization_id == organization_id, Dispatch.id == dispatch_id)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def dispatches(
    session: AsyncSession, organization_id: UUID, message_ids: Iterable[UUID]
) -> dict[UUID, list[Dispatch]]:
    """The dispatches of messages, by message."""
    statement = (
        select(Dispatch)
        .where(
            Dispatch.organization_id == organization_id, Dispatch.message_id.in_(list(message_ids))
        )
        .order_by(Dispatch.channel)
    )
    found: dict[UUID, list[Dispatch]] = {}
    for row in (await session.execute(statement)).scalars():
        found.setdefault(row.message_id, []).append(row)
    return found


async def forget_content(session: AsyncSession, organization_id: UUID, message_id: UUID) -> None:
    """Delete the content of a message that every channel has handed over."""
    waiting = (
        select(Dispatch.id)
        .where(
            Dispatch.organization_id == organization_id,
            Dispatch.message_id == message_id,
            Dispatch.state != DispatchState.SENT.value,
        )
        .exists()
    )
    await session.execute(
        update(Message)
        .where(Message.organization_id == organization_id, Message.id == message_id, ~waiting)
        .values(sealed=None)
    )


async def page(
    session: AsyncSession, organization_id: UUID, size: int, after: UUID | None
) -> Sequence[Message]:
    """Messages of a member, newest first; one more than asked."""
    statement = select(Message).where(Message.organization_id == organization_id)
    if after is not None:
        statement = statement.where(Message.id < after)
    statement = statement.order_by(Message.id.desc()).limit(size + 1)
    return (await session.execute(statement)).scalars().all()
