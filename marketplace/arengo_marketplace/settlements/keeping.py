"""Jobs that keep settlements beside the one before each, so that no page divides them anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.together import write_together
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_marketplace.members import directory
from arengo_marketplace.settlements import comparison, repository
from arengo_marketplace.settlements.differences import rows_of
from arengo_marketplace.settlements.models import Settlement

COMPARE = "marketplace.compare_settlements"
_AT_ONCE = 12
"""So many settlements are compared in one run: hundreds of members take seconds each."""


def order(uow: UnitOfWork, consortium_id: UUID) -> None:
    """Have the settlements of a consortium compared that are not yet, after commit."""
    uow.enqueue(COMPARE, {"consortium": str(consortium_id)})


async def lacking(uow: UnitOfWork, consortium_id: UUID) -> list[tuple[Settlement, Settlement]]:
    """Settlements that are not kept beside the one before, the latest first, each with that one;
    for the program, with the consortium in scope.
    """
    kept = await repository.compared(uow.session, consortium_id)
    standing = await repository.all_standing(uow.session, consortium_id)
    pairs = [
        (one, last)
        for one in await repository.page(uow.session, consortium_id)
        if not one.is_reversal
        and (last := next((s for s in standing if s.starts_on < one.starts_on), None)) is not None
    ]
    return [(one, last) for one, last in pairs if (one.id, last.id) not in kept]


async def _keep_one(host: Host, consortium_id: UUID) -> bool:
    """Keep the latest that is lacking; whether there was one."""
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        await repository.compare_alone(uow.session, consortium_id)
        found = await lacking(uow, consortium_id)
        if not found:
            return False
        settlement, last = found[0]
        kept = await comparison.reckon(uow, host, settlement, last)
        await uow.widen(kept.compared.members)
        await write_together(uow.session, list(rows_of(kept, settlement, last)))
    return True


async def compare(host: Host, payload: dict[str, Any]) -> None:
    """Job: keep the settlements of a consortium beside the one before each."""
    consortium_id = UUID(payload["consortium"])
    for _ in range(_AT_ONCE):
        if not await _keep_one(host, consortium_id):
            return
    async with host.unit_of_work(Caller.program([consortium_id])) as uow:
        order(uow, consortium_id)


async def compare_all(host: Host, _payload: dict[str, Any]) -> None:
    """Job: the same for every consortium, for settlements of before they were kept."""
    async with host.unit_of_work() as uow:
        for consortium in await directory.consortia(uow):
            order(uow, consortium.id)


JOBS = [Job(COMPARE, compare, title=N_("Compare settlements with the month before"))]
SCHEDULES = [
    Schedule(
        Job(
            "marketplace.compare_all_settlements",
            compare_all,
            title=N_("Compare settlements with the month before"),
        ),
        "50 1 * * *",
    )
]
