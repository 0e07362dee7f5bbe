"""Queries on the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_communications.inbox.models import InboxItem


async def put(session: AsyncSession, row: dict[str, Any]) -> None:
    """Store an item once."""
    await session.execute(
        insert(InboxItem)
        .values(row)
        .on_conflict_do_nothing(index_elements=["organization_id", "key"])
    )


async def get(session: AsyncSession, organization_id: UUID, item_id: UUID) -> InboxItem | None:
    """An item of an organization."""
    statement = select(InboxItem).where(
        InboxItem.organization_id == organization_id, InboxItem.id == item_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession, organization_id: UUID, size: int, after: UUID | None, unread: bool
) -> Sequence[InboxItem]:
    """Items, newest first; one more than asked."""
    statement = select(InboxItem).where(InboxItem.organization_id == organization_id)
    if after is not None:
        statement = statement.where(InboxItem.id < after)
    if unread:
        statement = statement.where(InboxItem.read_at.is_(None))
    statement = statement.order_by(InboxItem.id.desc()).limit(size + 1)
    return (await session.execute(statement)).scalars().all()


async def count_unread(session: AsyncSession, organization_id: UUID) -> int:
    """How many items nobody has read."""
    statement = (
        select(func.count())
        .select_from(InboxItem)
        .where(InboxItem.organization_id == organization_id, InboxItem.read_at.is_(None))
    )
    return (await session.execute(statement)).scalar_one()


async def has_any(session: AsyncSession, organization_id: UUID) -> bool:
    """Whether anything ever came."""
    statement = select(InboxItem.id).where(InboxItem.organization_id == organization_id).limit(1)
    return (await session.execute(statement)).first() is not None
