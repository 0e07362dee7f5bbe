"""Rules of tasks: begun with what causes them, seen by who may, cancelled, forgotten in a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core import clock, tracing
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, NotFoundError
from arengo_core.files import service as files
from arengo_core.i18n import N_
from arengo_core.identity import repository as identity
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.organizations import repository as organizations
from arengo_core.tasks import repository
from arengo_core.tasks.definition import TaskKind, TaskState
from arengo_core.tasks.models import Task

if TYPE_CHECKING:
    from arengo_core.host import Host
    from arengo_core.plugins.registry import Registry

KEPT = timedelta(days=7)
MOST_SHOWN = 100


async def begin(
    uow: UnitOfWork,
    kind: TaskKind,
    *,
    organization_id: UUID,
    payload: Mapping[str, Any],
    kept: Mapping[str, Any] | None = None,
    back: str = "",
) -> Task:
    """Begin slow work, when this transaction commits; a worker does it as the caller.

    The service that begins it has checked the right. ``organization_id``: whose work it is, or the
    person's own id. ``payload`` is JSON, small; ``kept`` what the work begins with and may be long,
    dropped at the end. ``back`` is the path of the page where it was begun.
    """
    caller = uow.caller
    task = Task(
        id=new_id(),
        organization_id=organization_id,
        kind=kind.key,
        started_by=caller.user_id,
        acting_id=caller.acting_id,
        token_id=caller.token_id,
        locale=caller.locale,
        payload=dict(payload),
        kept=dict(kept or {}),
        back=back,
    )
    uow.session.add(task)
    await uow.session.flush()
    uow.enqueue(
        kind.key,
        {
            "task": str(task.id),
            "organization": str(organization_id),
            "trace": tracing.current(),
        },
    )
    return task


def kind_of(registry: Registry, task: Task) -> TaskKind | None:
    """A task's kind; None where its plugin is not here."""
    owned = registry.tasks.get(task.kind)
    return owned.value if owned is not None else None


def page_of(task_id: UUID) -> str:
    """The path of a task's page."""
    return f"/office/tasks/{task_id}"


def result_of(task: Task) -> str | None:
    """The path of what came of a task: a page, or its file; None where there is nothing (yet)."""
    if task.state != TaskState.DONE:
        return None
    return f"{page_of(task.id)}/result" if task.file_id else task.result or None


def _may_see(caller: Caller, registry: Registry, task: Task) -> bool:
    if caller.system is not None:
        return True  # within its scope, which the database holds
    if caller.user_id is not None and task.started_by == caller.user_id:
        return True
    kind = kind_of(registry, task)
    if kind is None or not kind.permissions:
        return False
    return caller.may(task.organization_id, *kind.permissions)


async def find(uow: UnitOfWork, host: Host, task_id: UUID) -> Task:
    """A task that the caller may see. NotFoundError else."""
    task = await repository.get(uow.session, task_id)
    if task is None or not _may_see(uow.caller, host.registry, task):
        raise NotFoundError("There is no such work.")
    return task


async def latest(uow: UnitOfWork, host: Host) -> list[Task]:
    """The caller's tasks, and those of the organization acted for as far as the caller may see
    them: what is under way, then what ended within a week; at most 100.
    """
    user_id = uow.caller.require_signed_in()
    places = {user_id} | ({uow.caller.acting_id} if uow.caller.acting_id else set[UUID]())
    found = await repository.latest(uow.session, places, MOST_SHOWN)
    return [task for task in found if _may_see(uow.caller, host.registry, task)]


async def cancel(uow: UnitOfWork, host: Host, task_id: UUID) -> Task:
    """End slow work before its time; what it has not committed is undone.

    NotFoundError where the caller may not see it, ConflictError when it is over.
    """
    task = await find(uow, host, task_id)
    kind = kind_of(host.registry, task)
    if not TaskState(task.state).is_over and kind is not None and kind.cancelled is not None:
        await kind.cancelled(uow, task.organization_id, task.payload)
    if not await repository.cancel(uow.session, task_id, clock.now()):
        raise ConflictError("This work is over already.")
    if task.organization_id != task.started_by:
        uow.audit(task.organization_id, "task.cancelled", "Task", task_id, kind=task.kind)
    await uow.session.refresh(task)
    return task


async def forget_files(uow: UnitOfWork, person_id: UUID) -> None:
    """Drop the files of a person's tasks, before erasure takes these away."""
    await files.drop(uow, await repository.files_of(uow.session, started_by=person_id))


async def _clear(host: Host, _payload: dict[str, Any]) -> None:
    """Job: forget tasks and their files after a week."""
    before = clock.now() - KEPT
    async with host.unit_of_work(Caller.program()) as uow:
        everyone = [row.id for row in await organizations.everyone(uow.session)]
        people = await identity.user_ids(uow.session)
        await uow.widen([*everyone, *people])
        await files.drop(uow, await repository.files_of(uow.session, before=before))
        await repository.remove_older(uow.session, before)


SCHEDULES = [
    Schedule(Job("core.clear_tasks", _clear, title=N_("Clear ended work away")), "31 3 * * *")
]
