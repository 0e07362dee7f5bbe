"""Closing a month as a task, with its phases; small consortia close at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arengo_core import idempotency
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import N_, current_locale
from arengo_core.tasks import repository as task_rows
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind, TaskRun
from arengo_core.tasks.models import Task
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import repository as members
from arengo_marketplace.months import month_key
from arengo_marketplace.permissions import SETTLEMENTS
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.settlements import service

AT_ONCE = 30
"""So many members are settled while whoever asks waits: it takes a fraction of a second."""
_BEGIN = "marketplace.begin_settlement"


async def is_quick(uow: UnitOfWork, consortium_id: UUID, period: Period) -> bool:
    """Whether closing a month is done in no time; for officers of the consortium."""
    uow.caller.require(consortium_id, SETTLEMENTS)
    counted = await members.counts(uow.session, consortium_id, period.start)
    return sum(counted.values()) <= AT_ONCE


async def begin(
    uow: UnitOfWork, *, consortium_id: UUID, period: Period, idempotency_key: str | None = None
) -> Task:
    """Begin to close a month; officers of the consortium may.

    What :func:`service.close` would raise is told by the task.
    """
    uow.caller.require(consortium_id, SETTLEMENTS)
    service.check_month(period)
    first = await idempotency.first_answer(uow, _BEGIN, idempotency_key)
    known = await task_rows.get(uow.session, first) if first is not None else None
    if known is not None:
        return known
    month = month_key(period)
    task = await tasks.begin(
        uow,
        CLOSE,
        organization_id=consortium_id,
        payload={"month": month},
        back=f"/office/settlements/preview?month={month}",
    )
    await idempotency.remember(uow, _BEGIN, idempotency_key, task.id)
    return task


async def _close(run: TaskRun) -> None:
    async with run.transaction() as uow:
        settlement = await service.close(
            uow,
            run.host,
            consortium_id=run.organization_id,
            period=month_named(run.payload["month"]),
            progress=run,
        )
        run.finish(
            f"/office/settlements/{settlement.id}",
            N_("{month} is settled. Every member gets its statement by mail."),
        )


def _facts(payload: Mapping[str, Any]) -> dict[str, str]:
    return {"month": month_named(payload["month"]).label(current_locale())}


CLOSE = TaskKind(
    "marketplace.close_settlement",
    N_("Settle {month}"),
    _close,
    permissions=(SETTLEMENTS,),
    facts=_facts,
)
