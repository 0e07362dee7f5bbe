"""Queries on announcements."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_communications.announcements.models import Announcement, PublishedAnnouncement
from arengo_communications.messages.models import Message


async def lock(
    session: AsyncSession, organization_id: UUID, announcement_id: UUID
) -> Announcement | None:
    """An announcement of a municipality, locked until commit."""
    statement = (
        select(Announcement)
        .where(Announcement.organization_id == organization_id, Announcement.id == announcement_id)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get(
    session: AsyncSession, organization_id: UUID, announcement_id: UUID
) -> Announcement | None:
    """An announcement of a municipality."""
    statement = select(Announcement).where(
        Announcement.organization_id == organization_id, Announcement.id == announcement_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession, organization_id: UUID, size: int, after: UUID | None
) -> Sequence[Announcement]:
    """A municipality's announcements, newest first; one more than asked."""
    statement = select(Announcement).where(Announcement.organization_id == organization_id)
    if after is not None:
        statement = statement.where(Announcement.id < after)
    statement = statement.order_by(Announcement.id.desc()).limit(size + 1)
    return (await session.execute(statement)).scalars().all()


async def published(
    session: AsyncSession, organization_id: UUID, size: int, after: UUID | None
) -> Sequence[PublishedAnnouncement]:
    """What a municipality published, newest first; one more than asked."""
    statement = select(PublishedAnnouncement).where(
        PublishedAnnouncement.organization_id == organization_id
    )
    if after is not None:
        statement = statement.where(PublishedAnnouncement.id < after)
    statement = statement.order_by(PublishedAnnouncement.id.desc()).limit(size + 1)
    return (await session.execute(statement)).scalars().all()


async def count_messages(session: AsyncSession, organization_id: UUID, key: str) -> int:
    """How many messages were written whose keys begin so."""
    statement = select(func.count()).where(
        Message.organization_id == organization_id, Message.key.startswith(key)
    )
    return await session.scalar(statement) or 0
