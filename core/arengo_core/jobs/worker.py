"""The worker: takes jobs from the queue and runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import Schedule as QueuedSchedule
from pgqueuer.domain.types import QueueExecutionMode

from arengo_core import clock, tracing
from arengo_core.caller import Caller
from arengo_core.database.engine import plain_url
from arengo_core.database.unit_of_work import DELIVER
from arengo_core.errors import NotYetError
from arengo_core.host import Host
from arengo_core.i18n import set_locale
from arengo_core.jobs import repository
from arengo_core.jobs.definition import Job, JobRequest
from arengo_core.jobs.queue import decode_payload, due_queries_on, enqueue, queries_on
from arengo_core.plugins import gate
from arengo_core.plugins.guard import told

# Each holds a connection while its handler works. More at once would wait for one of the pool until
# they fail, and leave none to the other jobs.
_DELIVERIES_AT_ONCE = 10
# A task holds one more while it tells its progress, and may take its time.
_TASKS_AT_ONCE = 3
# Of any other kind: a month's close orders a mail for each of hundreds of members.
_OF_A_KIND_AT_ONCE = 4
_log = structlog.get_logger("arengo.jobs")


async def perform(host: Host, job: Job, payload: dict[str, Any]) -> None:
    """Run a job, unless it is of a service that its member has not active: then drop it.

    LookupError or ValueError where a payload names no member though the job is of a service.
    """
    if job.is_gated and not await _is_active(host, job, payload):
        _log.info("job_dropped", job=job.name, service=job.service, member=payload[job.member])
        return
    await job.handle(host, payload)


async def _is_active(host: Host, job: Job, payload: dict[str, Any]) -> bool:
    if job.member not in payload:
        raise LookupError(f"the payload of {job.name} names no member under {job.member!r}")
    member = UUID(payload[job.member])
    async with host.unit_of_work(Caller.program([member]), read_only=True) as uow:
        return await gate.is_active(uow.session, str(job.service), member)


async def _run(host: Host, plugin: str, job: Job, queued: QueuedJob) -> None:
    payload = decode_payload(queued.payload)
    tracing.start(payload.get("trace"))
    set_locale(host.settings.default_locale)
    try:
        with host.guard.under_way.of(plugin):
            async with asyncio.timeout(job.time_limit):
                await perform(host, job, payload)
    except (Exception, SystemExit) as error:
        # A delivery says itself whose fault it was.
        if job.name != DELIVER and not isinstance(error, NotYetError):
            await host.guard.record(plugin, f"job {job.name}", error)
        if queued.attempts >= job.attempts - 1:
            await _give_up(host, queued, error)
        raise


async def _give_up(host: Host, queued: QueuedJob, error: BaseException) -> None:
    async with host.sessions() as session, session.begin():
        await repository.note(session, queued.id, told(error), tracing.current(), clock.now())


def _entry(
    host: Host, plugin: str, job: Job, turn: asyncio.Semaphore
) -> Callable[[QueuedJob], Awaitable[None]]:
    async def run(queued: QueuedJob) -> None:
        async with turn:
            await _run(host, plugin, job, queued)

    return run


def _tick(host: Host, job: Job) -> Callable[[QueuedSchedule], Awaitable[None]]:
    async def tick(_: QueuedSchedule) -> None:
        key = f"tick:{job.name}"
        async with host.sessions() as session, session.begin():
            await repository.remove_earlier(session, key)
            await enqueue(session, [JobRequest(job.name, {}, dedupe_key=key)])

    return tick


async def _application(
    host: Host,
    connection: asyncpg.Connection,
    queries: Callable[[AsyncpgDriver], Queries] = queries_on,
) -> PgQueuer:
    driver = AsyncpgDriver(connection)
    application = PgQueuer(connection=driver, queries=queries(driver))
    turns = {DELIVER: asyncio.Semaphore(_DELIVERIES_AT_ONCE)}
    turns |= dict.fromkeys(host.registry.tasks, asyncio.Semaphore(_TASKS_AT_ONCE))
    for plugin, job in host.registry.jobs.values():
        turn = turns.get(job.name) or asyncio.Semaphore(_OF_A_KIND_AT_ONCE)
        application.entrypoint(
            job.name,
            concurrency_limit=job.concurrency,
            on_failure="hold",
            executor_factory=lambda parameters, job=job: DatabaseRetryEntrypointExecutor(
                parameters, max_attempts=job.attempts - 1
            ),
        )(_entry(host, plugin, job, turn))
    for loaded in host.registry.plugins:
        for schedule in loaded.schedules:
            application.schedule(f"tick.{schedule.job.name}", schedule.cron, clean_old=True)(
                _tick(host, schedule.job)
            )
    return application


async def _connect(host: Host) -> asyncpg.Connection:
    return await asyncpg.connect(
        plain_url(host.engine), server_settings={"application_name": "arengo-worker"}
    )


async def work(host: Host, stop: asyncio.Event) -> None:
    """Run jobs until ``stop`` is set."""
    connection = await _connect(host)
    try:
        application = await _application(host, connection)

        async def watch() -> None:
            await stop.wait()
            application.shutdown.set()

        watcher = asyncio.create_task(watch())
        _log.info("worker_started", jobs=len(host.registry.jobs))
        try:
            await application.run(dequeue_timeout=timedelta(seconds=5), batch_size=10)
        finally:
            watcher.cancel()
    finally:
        await connection.close()


async def drain(host: Host) -> None:
    """Run every job that is due and return. For tests, the demo and scripts."""
    connection = await _connect(host)
    try:
        application = await _application(host, connection, due_queries_on)
        await application.qm.run(
            mode=QueueExecutionMode.drain,
            dequeue_timeout=timedelta(milliseconds=50),
            log_aggregation_interval=timedelta(0),
        )
    finally:
        await connection.close()
