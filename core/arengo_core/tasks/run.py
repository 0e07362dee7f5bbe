"""One run of a task in a worker: what it tells, what it commits, how it ends."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from arengo_core import clock, tracing
from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, UnavailableError
from arengo_core.i18n import N_, format_money, set_locale
from arengo_core.identity import repository as identity
from arengo_core.jobs.definition import Job
from arengo_core.money import Money
from arengo_core.tasks import repository
from arengo_core.tasks.definition import TaskKind, TaskState
from arengo_core.tasks.models import Task

if TYPE_CHECKING:
    from arengo_core.database.unit_of_work import UnitOfWork
    from arengo_core.host import Host

_TOLD_EVERY = 0.25
_MOST_RUNS = 5
_TIME_LIMIT = 3600.0
_log = structlog.get_logger("arengo.tasks")


class TaskStoppedError(Exception):
    """This run is not the task's any more: it was cancelled, or another run has taken it."""


class Run:
    """A :class:`~arengo_core.tasks.definition.TaskRun`."""

    def __init__(self, host: Host, task: Task, caller: Caller) -> None:
        self.host = host
        self.caller = caller
        self.organization_id = task.organization_id
        self.payload: Mapping[str, Any] = task.payload
        self.kept: dict[str, Any] = task.kept
        self.is_over = False
        self._id = task.id
        self._attempt = task.attempt
        self._told: dict[str, Any] = {}
        self._end: dict[str, Any] = {}
        self._written_at = 0.0
        self._message = ""

    async def tell(self, message: str, done: int = 0, total: int = 0, **facts: str | int) -> None:
        """Note how far it is, four times a second at most unless the words change."""
        self._told = {"message": message, "done": done, "total": total, "facts": facts}
        now = time.monotonic()
        if message == self._message and now - self._written_at < _TOLD_EVERY:
            return
        self._message, self._written_at = message, now
        async with self._own() as uow:
            await self._write(uow, self._told)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[UnitOfWork]:
        """A unit of work of the caller's that commits only while this run is the task's."""
        async with self.host.unit_of_work(self.caller) as uow:
            yield uow
            await uow.flush()
            async with uow.widened([self.organization_id]):
                await self._write(uow, {"kept": self.kept, **self._told, **self._end})
        self.is_over = bool(self._end)

    def finish(self, result: str, message: str, **facts: str | int) -> None:
        """Say what came of it; the next transaction ends the task with it."""
        self._end = _ended(TaskState.DONE, message, facts) | {"result": result}

    async def finish_with_file(
        self, content: bytes, name: str, content_type: str, message: str, **facts: str | int
    ) -> None:
        """End with a file to fetch, in a transaction of its own."""
        from arengo_core.files import service as files

        async with (
            self.host.files.writing([content], content_type) as [written],
            self.transaction() as uow,
        ):
            kept = files.keep(uow, self.organization_id, written)
            self.finish("", message, **facts)
            self._end |= {"file_id": kept, "file_name": name}

    async def end(self) -> None:
        """End it as done, where no transaction of its work did."""
        async with self._own() as uow:
            await self._write(uow, self._end or _ended(TaskState.DONE, "", {}))

    async def fail(self, message: str, params: Mapping[str, Any]) -> None:
        """End it as failed."""
        facts = {
            name: value if isinstance(value, int) else _in_words(value)
            for name, value in params.items()
        }
        async with self._own() as uow:
            await self._write(uow, _ended(TaskState.FAILED, message, facts))

    async def wait(self) -> None:
        """Give the task back for another run, later."""
        waiting = {"message": N_("It waits to be tried again."), "facts": {}}
        async with self._own() as uow:
            await self._write(uow, {"state": TaskState.QUEUED.value, **waiting})

    @asynccontextmanager
    async def _own(self) -> AsyncGenerator[UnitOfWork]:
        async with self.host.unit_of_work(Caller.program([self.organization_id])) as uow:
            yield uow

    async def _write(self, uow: UnitOfWork, values: dict[str, Any]) -> None:
        if not await repository.write(uow.session, self._id, self._attempt, values):
            raise TaskStoppedError


def _ended(state: TaskState, message: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": state.value,
        "message": message,
        "facts": dict(facts),
        "ended_at": clock.now(),
        "kept": {},
    }


def _in_words(value: Any) -> str:
    return format_money(value) if isinstance(value, Money) else str(value)


async def _take(host: Host, payload: Mapping[str, Any]) -> Run | None:
    organization_id = UUID(payload["organization"])
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        task = await repository.take(uow.session, UUID(payload["task"]), clock.now())
        if task is None:
            return None
        await repository.notify(uow.session, task.id)
        caller = await _caller_of(uow, task)
    set_locale(task.locale)
    run = Run(host, task, caller)
    if task.attempt <= _MOST_RUNS:
        return run
    await run.fail(N_("It was tried {count} times in vain."), {"count": _MOST_RUNS})
    return None


async def _caller_of(uow: UnitOfWork, task: Task) -> Caller:
    """Whoever began a task, with today's rights; the program itself within its organization."""
    if task.started_by is None:
        return Caller.program([task.organization_id], [task.organization_id])
    grants = await identity.grants_of(uow.session, task.started_by, clock.now())
    if task.token_id is not None:  # what others let one do is for people, not for tokens
        place = task.organization_id
        grants = tuple(g for g in grants if g.organization_id == place and g.delegate_id is None)
    return Caller(
        task.started_by, grants, task.acting_id, None, task.locale, token_id=task.token_id
    )


async def run_task(plugin: str, kind: TaskKind, host: Host, payload: dict[str, Any]) -> None:
    """Job: do a task's work, once, whatever happens between."""
    try:
        run = await _take(host, payload)
        if run is not None:
            await _work(plugin, kind, run)
    except TaskStoppedError:
        _log.info("task_stopped", task=payload["task"])


async def _work(plugin: str, kind: TaskKind, run: Run) -> None:
    try:
        await kind.work(run)
        if not run.is_over:
            await run.end()
    except TaskStoppedError:
        raise
    except UnavailableError:
        await run.wait()
        raise
    except ArengoError as error:
        await run.fail(error.message, error.params)
    except Exception as error:
        await run.host.guard.record(plugin, f"task {kind.key}", error)
        fault = N_("A fault of the program stopped it. Its number is {trace}.")
        await run.fail(fault, {"trace": tracing.current()})


def job_of(plugin: str, kind: TaskKind) -> Job:
    """The job that does the tasks of a kind."""
    handle = partial(run_task, plugin, kind)
    return Job(kind.key, handle, title=kind.title, time_limit=_TIME_LIMIT)
