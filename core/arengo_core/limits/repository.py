"""Queries on the shared counter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.limits.models import RequestCount


async def add(session: AsyncSession, key: bytes, minute: datetime, count: int) -> int:
    """Count requests; how many there are now in this minute. A later minute begins at nought."""
    asked = insert(RequestCount).values(key_digest=key, minute=minute, used=count)
    statement = asked.on_conflict_do_update(
        index_elements=[RequestCount.key_digest],
        set_={
            "minute": asked.excluded.minute,
            "used": case(
                (RequestCount.minute == asked.excluded.minute, RequestCount.used + count),
                else_=count,
            ),
        },
    ).returning(RequestCount.used)
    return (await session.execute(statement)).scalar_one()


async def clear(session: AsyncSession, before: datetime) -> None:
    """Delete counters of minutes that are long over."""
    await session.execute(delete(RequestCount).where(RequestCount.minute < before))
