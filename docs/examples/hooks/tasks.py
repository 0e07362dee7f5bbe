"""Slow work with progress; ``tasks.begin`` begins it in the transaction that causes it."""

from arengo_core.i18n import N_
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.tasks.definition import TaskKind, TaskRun


async def count_passes(run: TaskRun) -> None:
    """Called in a worker; a run that crashes is followed by another."""
    for number in range(100):
        await run.tell(N_("Counting the passes"), done=number, total=100)
    async with run.transaction():
        run.finish("/office", N_("{count} passes are counted."), count=100)


@hookimpl
def arengo_tasks() -> list[TaskKind]:
    return [TaskKind("example.count_passes", N_("Count the passes"), count_passes)]
