"""Queries on remote plugins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.remote.models import RemotePlugin, SigningKey


async def plugins(session: AsyncSession) -> Sequence[RemotePlugin]:
    """Every registered plugin, by key."""
    return (await session.scalars(select(RemotePlugin).order_by(RemotePlugin.key))).all()


async def plugin(session: AsyncSession, key: str, *, lock: bool = False) -> RemotePlugin | None:
    """One registered plugin."""
    return await session.get(RemotePlugin, key, with_for_update=True if lock else None)


async def remove(session: AsyncSession, key: str) -> None:
    """Forget a plugin."""
    await session.execute(delete(RemotePlugin).where(RemotePlugin.key == key))


async def signing_key(session: AsyncSession) -> SigningKey | None:
    """The key that signs now."""
    statement = select(SigningKey).where(SigningKey.retired_at.is_(None))
    return (await session.scalars(statement.order_by(SigningKey.made_at.desc()).limit(1))).first()


async def published_keys(session: AsyncSession, retired_after: datetime) -> Sequence[SigningKey]:
    """The key that signs now and those retired lately."""
    statement = select(SigningKey).where(
        or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > retired_after)
    )
    return (await session.scalars(statement.order_by(SigningKey.made_at.desc()))).all()
