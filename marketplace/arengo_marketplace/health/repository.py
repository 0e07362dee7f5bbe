"""Queries on what the host noted about plugins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.jobs.queue import SCHEMA
from arengo_core.plugins.models import PluginFailure

_HELD_JOBS = text(
    f"select entrypoint, count(*) from {SCHEMA}.pgqueuer"  # noqa: S608 - a constant of ours
    " where status = 'failed' group by entrypoint"
)
_RETRY = text(
    f"update {SCHEMA}.pgqueuer set status = 'queued', updated = now(), execute_after = now()"  # noqa: S608
    " where status = 'failed' and entrypoint = any(:names)"
)


async def failures_since(session: AsyncSession, since: datetime) -> Sequence[PluginFailure]:
    """Failures that happened lately, the latest first."""
    statement = select(PluginFailure).where(PluginFailure.last_at >= since)
    return (await session.execute(statement.order_by(PluginFailure.last_at.desc()))).scalars().all()


async def held_jobs(session: AsyncSession) -> dict[str, int]:
    """Jobs that failed every attempt and wait for a person, by name."""
    return {row[0]: row[1] for row in (await session.execute(_HELD_JOBS)).all()}


async def retry_jobs(session: AsyncSession, names: Sequence[str]) -> int:
    """Put held jobs back into the queue; how many."""
    done = await session.execute(_RETRY, {"names": list(names)})
    return done.rowcount  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
