"""Working a fairness report out as a task, for consortia of many members."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind, TaskRun, TaskState
from arengo_core.tasks.models import Task
from arengo_marketplace.fairness import service
from arengo_marketplace.fairness.service import Question
from arengo_marketplace.permissions import FIGURES, OFFICE, SERVICES
from arengo_marketplace.titles import service_title

if TYPE_CHECKING:
    from arengo_marketplace.costs.fairness import Fairness

_LOOKED_EVERY = 0.5


class _Stopped(Exception):  # noqa: N818 - no error: nobody waits for the answer any more
    pass


class _Meter:
    """How far the work beside the loop is, and whether anybody still waits for it."""

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.is_wanted = True

    def __call__(self, done: int, total: int) -> None:
        if not self.is_wanted:
            raise _Stopped
        self.done, self.total = done, total


async def under_way(uow: UnitOfWork, host: Host, asked: Question) -> Task | None:
    """The work on this question that the caller may see, if any."""
    for task in await tasks.latest(uow, host):
        if TaskState(task.state).is_over or task.kind != RECKON.key:
            continue
        if task.payload.get("digest") == asked.digest:
            return task
    return None


async def begin(uow: UnitOfWork, host: Host, *, offer_id: UUID, rule: object = None) -> Task:
    """Begin to work a report out; the consortium's office and its members may.

    Where the caller's work on the same is under way, that one. What cannot be divided is told by
    the task; InvalidInputError where the rule cannot be read.
    """
    asked = await service.question(uow, host, offer_id=offer_id, rule=rule)
    known = await under_way(uow, host, asked)
    if known is not None:
        return known
    return await tasks.begin(
        uow,
        RECKON,
        organization_id=asked.asked_by,
        payload={
            "offer": str(offer_id),
            "service": service_title(host.registry, asked.offer.service),
            "rule": asked.rule.to_json() if rule else None,
            "digest": asked.digest,
        },
        back=page_of(offer_id, rule),
    )


def page_of(offer_id: UUID, rule: object = None) -> str:
    """The path of the report."""
    query = f"?{urlencode({'rule': rule})}" if rule else ""
    return f"/office/offers/{offer_id}/fairness{query}"


async def _reckon(run: TaskRun) -> None:
    rule = run.payload["rule"]
    offer_id = UUID(run.payload["offer"])
    async with run.host.unit_of_work(run.caller, read_only=True) as uow:
        asked = await service.question(uow, run.host, offer_id=offer_id, rule=rule)
    figures = await _beside(run, asked)
    async with run.transaction() as uow:
        await service.keep(uow, asked, figures)
        written = json.dumps(rule) if rule else None
        run.finish(page_of(offer_id, written), N_("The report on the rule of {service} is here."))


async def _beside(run: TaskRun, asked: Question) -> Fairness:
    """Reckon beside the loop and tell how far it is; stops soon after the task is cancelled."""
    meter = _Meter()
    work = asyncio.create_task(asyncio.to_thread(asked.reckon, meter))
    try:
        while not (await asyncio.wait({work}, timeout=_LOOKED_EVERY))[0]:
            if meter.total:
                words = N_("Other rules are tried.")
            else:
                words = N_("Groups of members that would do better alone are looked for.")
            await run.tell(words, meter.done, meter.total)
    finally:
        meter.is_wanted = False
        await asyncio.wait({work})
    return work.result()


def _facts(payload: Mapping[str, Any]) -> dict[str, str]:
    return {"service": payload["service"]}


RECKON = TaskKind(
    "marketplace.reckon_fairness",
    N_("See whether the rule of {service} is fair"),
    _reckon,
    permissions=(OFFICE, SERVICES, FIGURES),
    facts=_facts,
)
