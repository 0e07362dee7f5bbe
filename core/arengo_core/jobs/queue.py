"""The queue: pgqueuer, enqueued inside the caller's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import JobId
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.jobs.definition import JobRequest

SCHEMA = "queue"
_SETTINGS = DBSettings(db_schema=SCHEMA)
_UNKEY = f"update {SCHEMA}.pgqueuer set dedupe_key = null where id = any($1::bigint[])"  # noqa: S608
_QUEUE = QueryQueueBuilder(_SETTINGS)
_BUILDERS = {
    "qbe": QueryBuilderEnvironment(_SETTINGS),
    "qbq": _QUEUE,
    "qbs": QuerySchedulerBuilder(_SETTINGS),
}


class _SessionDriver(AsyncpgDriver):
    """Runs pgqueuer's statements in the session's transaction (its own driver would not)."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shutdown = asyncio.Event()

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        connection = await self._session.connection()
        result = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        await (await self._session.connection()).exec_driver_sql(query, args)
        return ""


def queries_on(driver: AsyncpgDriver) -> Queries:
    """pgqueuer's queries over a driver, in our schema."""
    return Queries(driver, **_BUILDERS)  # pyright: ignore[reportArgumentType]


class DueQueries(Queries):
    """Queries to whom the queue is empty when nothing is due: later jobs are no reason to wait."""

    async def queued_work(self, entrypoints: list[Any]) -> int:
        return await self.eligible_queued_work(entrypoints)


def due_queries_on(driver: AsyncpgDriver) -> DueQueries:
    """The queries of a run that ends when nothing is due any more."""
    return DueQueries(driver, **_BUILDERS)  # pyright: ignore[reportArgumentType]


async def enqueue(session: AsyncSession, requests: Sequence[JobRequest]) -> None:
    """Note jobs; they exist if and only if the transaction commits."""
    if not requests:
        return
    await queries_on(_SessionDriver(session)).enqueue(
        [request.name for request in requests],
        [msgspec.json.encode(request.payload) for request in requests],
        [0 for _ in requests],
        [timedelta(seconds=request.delay_seconds) for request in requests],
        [request.dedupe_key for request in requests],
        on_conflict="skip",
    )


async def requeue(session: AsyncSession, ids: Sequence[int]) -> None:
    """Queue jobs that gave up again, with all their attempts.

    They lose their dedupe key: the same work may have been queued anew under it.
    """
    driver = _SessionDriver(session)
    await driver.execute(_UNKEY, list(ids))
    await queries_on(driver).requeue_jobs([JobId(number) for number in ids])


async def cancel(session: AsyncSession, ids: Sequence[int]) -> None:
    """Take jobs out of the queue; the queue's own log keeps that they were cancelled."""
    driver = _SessionDriver(session)
    log = _QUEUE.build_log_job_query()
    await driver.execute(log, list(ids), ["canceled"] * len(ids), [None] * len(ids))


def decode_payload(payload: bytes | None) -> dict[str, Any]:
    """A job's payload as it was enqueued."""
    return msgspec.json.decode(payload or b"{}", type=dict[str, Any])


async def install(owner_url: str) -> None:
    """Make or upgrade the queue's tables; as the owner."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(f"create schema if not exists {SCHEMA}")
        queries = queries_on(AsyncpgDriver(connection))
        if await queries.schema_is_installed():
            await queries.upgrade()
        else:
            await queries.install(create_schema=False)
    finally:
        await connection.close()
