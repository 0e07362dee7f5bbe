"""Queries on jobs that gave up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.jobs.models import HeldJob
from arengo_core.jobs.queue import SCHEMA, cancel, decode_payload, requeue

_HELD = text(
    "select q.id, q.entrypoint, q.payload, coalesce(h.failed_at, q.updated) as failed_at,"  # noqa: S608
    " coalesce(h.error, '') as error, coalesce(h.trace_id, '') as trace_id"
    f" from {SCHEMA}.pgqueuer q left join core.held_job h on h.job_id = q.id"
    " where q.status = 'failed'"
    " order by q.id limit :most"
)
_BY_KEY = text(
    f"select id from {SCHEMA}.pgqueuer where status = 'failed' and dedupe_key = :key"  # noqa: S608
)


class Held(NamedTuple):
    """A job that failed its every attempt."""

    id: int
    name: str
    payload: dict[str, Any]
    failed_at: datetime
    error: str
    trace_id: str


async def note(session: AsyncSession, job_id: int, error: str, trace_id: str, at: datetime) -> None:
    """Keep why a job's last attempt failed; a later one takes the place of an earlier."""
    values = {"error": error, "trace_id": trace_id, "failed_at": at}
    statement = insert(HeldJob).values(job_id=job_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["job_id"], set_=values))


async def held(session: AsyncSession, most: int) -> Sequence[Held]:
    """Jobs that gave up, the oldest first."""
    rows = await session.execute(_HELD, {"most": most})
    return [
        Held(row.id, row.entrypoint, decode_payload(row.payload), *row[3:]) for row in rows.all()
    ]


async def start_again(session: AsyncSession, ids: Sequence[int]) -> None:
    """Put jobs that gave up back into the queue, with all their attempts."""
    await requeue(session, ids)
    await _forget(session, ids)


async def remove(session: AsyncSession, ids: Sequence[int]) -> None:
    """Take jobs that gave up out of the queue."""
    await cancel(session, ids)
    await _forget(session, ids)


async def remove_earlier(session: AsyncSession, key: str) -> None:
    """Take away what gave up under a key, because the same work is asked for anew."""
    ids = (await session.scalars(_BY_KEY, {"key": key})).all()
    if ids:
        await remove(session, ids)


async def _forget(session: AsyncSession, ids: Sequence[int]) -> None:
    await session.execute(delete(HeldJob).where(HeldJob.job_id.in_(ids)))
