"""The unit of work: its scope, and that everything in it happens or nothing does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arengo_core.caller import Caller
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.organizations import service as organizations
from arengo_core.outbox.events import Event, EventHandler
from tests.core.places import place, plugin_module


@dataclass(frozen=True, slots=True)
class Noticed(Event):
    name: ClassVar[str] = "work.noticed"


async def _nothing(*_):
    return None


@pytest.fixture
def working(host_with):
    module = plugin_module(
        "work",
        jobs=[Job("work.job", _nothing)],
        event_handlers=[EventHandler(Noticed, _nothing, "work.handler")],
    )
    return host_with(("work", module))


async def _written(host, organization_id):
    """How many events, audit entries and jobs there are of an organization."""
    async with host.unit_of_work(Caller.program([organization_id]), read_only=True) as uow:
        counts = [
            await uow.session.scalar(text(f"select count(*) from core.{table} {where}"), {"o": o})
            for table, where, o in (
                ("outbox_event", "where organization_id = :o", organization_id),
                ("audit_entry", "where organization_id = :o and action = 'work'", organization_id),
            )
        ]
        jobs = await uow.session.scalar(
            text(
                "select count(*) from queue.pgqueuer where entrypoint = 'work.job'"
                " and convert_from(payload, 'utf8') like :o"
            ),
            {"o": f"%{organization_id}%"},
        )
    return (*counts, jobs)


def _write_everything(uow, organization_id):
    uow.record(Noticed(organization_id, new_id()))
    uow.audit(organization_id, "work", "Thing")
    uow.enqueue("work.job", {"organization": str(organization_id)})


async def test_what_is_noted_is_written_with_the_transaction(working):
    town = await place(working)
    async with working.unit_of_work(Caller.program([town.id])) as uow:
        _write_everything(uow, town.id)
    assert await _written(working, town.id) == (1, 1, 1)


async def test_an_error_leaves_nothing_behind(working):
    town = await place(working)

    async def write_and_fail():
        async with working.unit_of_work(Caller.program([town.id])) as uow:
            row = await organizations.get(uow, town.id)
            row.name = "Renamed"
            _write_everything(uow, town.id)
            await uow.flush()
            raise RuntimeError("after everything was sent to the database")

    with pytest.raises(RuntimeError):
        await write_and_fail()
    assert await _written(working, town.id) == (0, 0, 0)
    async with working.unit_of_work() as uow:
        assert (await organizations.get(uow, town.id)).name == "Lanzada"


async def test_a_job_is_invisible_until_the_commit(working, database):
    town = await place(working)
    outside = await asyncpg.connect(database.app)
    count = "select count(*) from queue.pgqueuer where convert_from(payload, 'utf8') like $1"
    try:
        async with working.unit_of_work(Caller.program([town.id])) as uow:
            uow.enqueue("work.job", {"organization": str(town.id)})
            await uow.flush()
            assert await outside.fetchval(count, f"%{town.id}%") == 0
        assert await outside.fetchval(count, f"%{town.id}%") == 1
    finally:
        await outside.close()


async def test_the_same_dedupe_key_gives_one_job(working):
    town = await place(working)
    for _ in range(2):
        async with working.unit_of_work() as uow:
            uow.enqueue("work.job", {"organization": str(town.id)}, dedupe=f"one:{town.id}")
    assert (await _written(working, town.id))[2] == 1


async def _sees(uow, organization_id):
    return await uow.session.scalar(
        text("select count(*) from core.audit_entry where organization_id = :o"),
        {"o": organization_id},
    )


async def test_the_scope_is_the_callers_and_widens_for_this_transaction_alone(host):
    town, other = await place(host), await place(host, "Caspoggio")
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        assert (await _sees(uow, town.id), await _sees(uow, other.id)) == (1, 0)
        await uow.widen([other.id])
        assert (await _sees(uow, town.id), await _sees(uow, other.id)) == (1, 1)
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        assert await _sees(uow, other.id) == 0


async def test_widening_before_the_first_statement_counts_too(host):
    town = await place(host)
    async with host.unit_of_work() as uow:
        await uow.widen([town.id])
        assert await _sees(uow, town.id) == 1


async def test_a_widened_block_closes_again_also_after_an_error(host):
    town = await place(host)
    async with host.unit_of_work() as uow:
        async with uow.widened([town.id]):
            assert await _sees(uow, town.id) == 1
        assert await _sees(uow, town.id) == 0
        with pytest.raises(LookupError):
            async with uow.widened([town.id]):
                raise LookupError
        assert await _sees(uow, town.id) == 0


async def test_reading_only_refuses_to_write(host):
    town = await place(host)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with host.unit_of_work(Caller.program([town.id]), read_only=True) as uow:
            await uow.session.execute(
                text("update core.organization set name = 'x' where id = :o"), {"o": town.id}
            )
    async with host.unit_of_work() as uow:
        assert (await organizations.get(uow, town.id)).name == "Lanzada"


async def test_a_reading_transaction_cannot_talk_itself_into_writing(host):
    town = await place(host)

    async def talk():
        async with host.unit_of_work(Caller.program([town.id]), read_only=True) as uow:
            await _sees(uow, town.id)
            await uow.session.execute(text("set transaction read write"))

    with pytest.raises(DBAPIError):
        await talk()


async def test_a_unit_of_work_that_asks_nothing_takes_no_connection(host):
    before = host.engine.pool.checkedout()
    async with host.unit_of_work() as uow:
        assert not uow.has_begun
        assert host.engine.pool.checkedout() == before
