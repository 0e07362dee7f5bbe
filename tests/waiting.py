"""Waiting in a test until another transaction waits."""

from __future__ import annotations

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_IS_WAITED_FOR = text(
    "select exists(select from pg_locks"
    " where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
)
_SECONDS = 120


async def until_waited_for(session: AsyncSession) -> None:
    """Until another transaction waits for what this one holds; TimeoutError after two minutes."""
    limit = asyncio.timeout(_SECONDS)
    try:
        async with limit:
            while not await session.scalar(_IS_WAITED_FOR):
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise TimeoutError(f"nobody waited for this transaction within {_SECONDS} s") from None
