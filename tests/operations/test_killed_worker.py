"""A worker killed with SIGKILL amid its work: the next one loses and doubles nothing, tasks too."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.ids import new_id
from arengo_core.tasks import service as tasks
from tests.core.places import place
from tests.operations.conftest import environment
from tests.operations.parcel_worker import LOAD, LOADED, WEIGH, Counted, make_host

ROOT = Path(__file__).parents[2]
AGGREGATES, EACH, JOBS = 6, 4, 12


@pytest.fixture
async def parcels(settings, new_database, tmp_path):
    """A host with the plugin on a database of its own, and ``start()`` for worker processes."""
    urls = await new_database(migrated=True)
    own = settings.model_copy(update={"database_url": urls.app, "database_owner_url": urls.owner})
    begun = tmp_path / "begun"
    begun.mkdir()
    host = make_host(own, begun, 0)
    workers = []

    def start(pause):
        workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.operations.parcel_worker", str(begun), pause],
                env=environment(tmp_path, database_url=urls.app, log_level="ERROR"),
                cwd=ROOT,
            )
        )
        return workers[-1]

    yield host, begun, start
    for worker in workers:
        if worker.poll() is None:
            worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=120)
    await host.close()


async def _acts(host, town):
    """``(action, number)`` of all acts that were committed, in order."""
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        rows = await uow.session.execute(
            text(
                "select action, cast(details ->> 'number' as int) from core.audit_entry"
                " where organization_id = :o and object_type = 'Parcel' order by id"
            ),
            {"o": town.id},
        )
        return [tuple(row) for row in rows.all()]


async def _until(condition, seconds=600):
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.1)


async def test_a_worker_killed_amid_its_work_loses_and_doubles_nothing(parcels):
    host, begun, start = parcels
    town = await place(host)
    aggregates = [new_id() for _ in range(AGGREGATES)]
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        for step in range(EACH):
            for which, aggregate in enumerate(aggregates):
                uow.record(Counted(town.id, aggregate, which * EACH + step))
        for number in range(JOBS):
            uow.enqueue(WEIGH, {"organization": str(town.id), "number": 100 + number})
        task = await tasks.begin(uow, LOAD, organization_id=town.id, payload={})
    all_of_it = Counter(
        (f"{action}.{half}", number)
        for action, numbers in (
            ("counted", range(AGGREGATES * EACH)),
            ("weighed", range(100, 100 + JOBS)),
            ("loaded", range(LOADED)),
        )
        for number in numbers
        for half in ("begun", "ended")
    )

    first = start("2")  # time enough to be killed amid its work

    async def is_amid():
        assert first.poll() is None, "the worker ended by itself"
        done = len(await _acts(host, town)) // 2
        is_loading = any(action == "loaded.ended" for action, _ in await _acts(host, town))
        return is_loading and done >= 3 and len(list(begun.iterdir())) > done

    await _until(is_amid)
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=120)
    after_death = await _acts(host, town)
    started = len(list(begun.iterdir()))
    assert started > len(after_death) // 2, "work was under way when the worker died"
    assert len(after_death) < sum(all_of_it.values())
    async with host.unit_of_work() as uow:
        picked = await uow.session.execute(
            text(
                "update queue.pgqueuer set heartbeat = now() - interval '1 minute'"
                " where status = 'picked' returning id"
            )
        )
        assert picked.all(), "the dead worker's jobs are still in its hands"

    start("0.05")

    async def is_done():
        async with host.unit_of_work() as uow:
            left = text("select count(*) from queue.pgqueuer where entrypoint = any(:names)")
            names = [WEIGH, LOAD.key, "core.deliver_event"]
            return await uow.session.scalar(left, {"names": names}) == 0

    await _until(is_done)
    acts = await _acts(host, town)
    assert Counter(acts) - all_of_it == Counter(), "nothing twice"
    assert all_of_it - Counter(acts) == Counter(), "nothing lost"
    for which in range(AGGREGATES):
        own = range(which * EACH, (which + 1) * EACH)
        assert [n for act, n in acts if act == "counted.ended" and n in own] == list(own)
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        over = await tasks.find(uow, host, task.id)
    assert (over.state, over.attempt) == ("done", 2), "begun by the one, ended by the other"
