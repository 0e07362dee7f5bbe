"""Starting all that a plugin holds again, as a task where that is much."""

from __future__ import annotations

from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ForbiddenError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs import service
from arengo_core.permissions.declared import HELD_WORK
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind, TaskRun
from arengo_core.tasks.models import Task

AT_ONCE = 100
"""So many jobs are started again while whoever asks waits."""


async def is_quick(uow: UnitOfWork, host: Host, plugin: str) -> bool:
    """Whether what a plugin holds is started again in no time; for officers of a consortium."""
    return (await service.waiting(uow, host)).get(plugin, 0) <= AT_ONCE


async def begin(uow: UnitOfWork, host: Host, plugin: str) -> Task:
    """Begin to start again all that gave up in one plugin. NotFoundError: no such plugin."""
    service.require_officer(uow)
    service.require_plugin(host, plugin)
    return await tasks.begin(
        uow,
        REPLAY,
        organization_id=_place(uow),
        payload={"plugin": plugin},
        back="/office/plugins",
    )


def _place(uow: UnitOfWork) -> UUID:
    """The consortium that the officer acts for."""
    acting = uow.caller.acting_id
    if acting is None or not uow.caller.may(acting, HELD_WORK):
        raise ForbiddenError("Only the consortium's office may do this.")
    return acting


async def _replay(run: TaskRun) -> None:
    async with run.transaction() as uow:
        count = await service.replay_plugin(uow, run.host, run.payload["plugin"], progress=run)
        run.finish("/office/plugins", N_("{count} follow-ups start again."), count=count)


REPLAY = TaskKind(
    "core.replay_held",
    N_("Start held work of {plugin} again"),
    _replay,
    permissions=(HELD_WORK,),
    facts=lambda payload: {"plugin": payload["plugin"]},
)
