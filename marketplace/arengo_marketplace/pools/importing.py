"""Importing many cost lines as a task; a short file is entered at once."""

from __future__ import annotations

from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import N_
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind, TaskRun
from arengo_core.tasks.models import Task
from arengo_marketplace.permissions import COSTS
from arengo_marketplace.pools import csv_import

AT_ONCE = 200
"""So many lines are entered while whoever imports them waits."""


def is_short(text: str) -> bool:
    """Whether a file is entered in no time."""
    return text.count("\n") <= AT_ONCE


async def begin(uow: UnitOfWork, *, consortium_id: UUID, text: str) -> Task:
    """Begin to import a file; officers of the consortium may.

    What :func:`csv_import.import_csv` would raise is told by the task.
    """
    uow.caller.require(consortium_id, COSTS)
    csv_import.check_size(text)
    return await tasks.begin(
        uow,
        IMPORT,
        organization_id=consortium_id,
        payload={},
        kept={"text": text},
        back="/office/costs/import",
    )


async def _import(run: TaskRun) -> None:
    async with run.transaction() as uow:
        lines = await csv_import.import_csv(
            uow, consortium_id=run.organization_id, text=run.kept["text"], progress=run
        )
        month = min(line.starts_on for line in lines)
        run.finish(
            f"/office/costs?month={month:%Y-%m}",
            N_("{count} lines are entered."),
            count=len(lines),
        )


IMPORT = TaskKind(
    "marketplace.import_cost_lines", N_("Import cost lines"), _import, permissions=(COSTS,)
)
