"""A worker killed with SIGKILL amid closing a month leaves no trace, and the next one closes it."""

from __future__ import annotations

import asyncio
import os
import signal
from multiprocessing import get_context

import pytest
from sqlalchemy import text

from arengo_core.clock import VARIABLE
from arengo_core.tasks import service as tasks
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.settlements import closing
from tests.settlements.dying_worker import COMMITTED, die_at
from tests.settlements.valley import AUGUST, IN_SEPTEMBER

WRITTEN = (
    "settlement",
    "settled_offer",
    "settled_line",
    "statement",
    "share",
    "statement_delivery",
    "ledger_transaction",
    "ledger_posting",
)


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with all modules loaded."""
    context = get_context("forkserver")
    context.set_forkserver_preload([die_at.__module__])
    return context


async def _traces(valley) -> dict[str, int]:
    """How many rows of the closing there are, by table."""
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        return {
            table: await uow.session.scalar(
                text(f"select count(*) from marketplace.{table} where consortium_id = :c"),
                {"c": valley.id},
            )
            for table in WRITTEN
        }


@pytest.mark.parametrize("phase", [0, 10, 60, 80, 90, COMMITTED])
async def test_killed_at_a_phase_the_month_is_closed_once(
    phase, valley, settings, processes, move_clock, run_jobs, mailbox
):
    await valley.enter(100_003)
    move_clock(IN_SEPTEMBER)
    await run_jobs()
    async with valley.host.unit_of_work(valley.office) as uow:
        task = await closing.begin(uow, consortium_id=valley.id, period=AUGUST)

    worker = processes.Process(target=die_at, args=(phase, settings, os.environ[VARIABLE]))
    worker.start()
    await asyncio.to_thread(worker.join, 600)
    assert worker.exitcode == -signal.SIGKILL, "it died by its own hand, at the phase"

    left = await _traces(valley)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        found = await tasks.find(uow, valley.host, task.id)
    if phase == COMMITTED:
        assert (left["settlement"], left["statement"], found.state) == (1, 4, "done")
    else:
        assert set(left.values()) == {0}
        assert (found.state, found.done) == ("running", phase)

    async with valley.host.unit_of_work() as uow:
        await uow.session.execute(
            text(
                "update queue.pgqueuer set heartbeat = now() - interval '1 minute'"
                " where status = 'picked'"
            )
        )
    await run_jobs()
    made = await _traces(valley)
    assert (made["settlement"], made["statement"], made["ledger_transaction"]) == (1, 4, 1)
    assert len(mailbox.to(valley.town_officer.email)) == 1
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        over = await tasks.find(uow, valley.host, task.id)
        owed = await ledger.balance(uow, valley.id, "member_receivable")
    assert (over.state, over.attempt) == ("done", 1 if phase == COMMITTED else 2)
    assert owed.amount == 100_003
