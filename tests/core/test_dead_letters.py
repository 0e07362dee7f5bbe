"""Dead letters: what gave up is shown, replayed or discarded, by the office and noted."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.errors import ForbiddenError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.jobs import replaying, service
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.jobs.worker import _application, _connect, drain
from arengo_core.outbox import repository as outbox
from arengo_core.outbox.events import EventHandler
from arengo_core.outbox.models import OutboxEvent
from arengo_core.plugins.manager import load_plugins
from arengo_core.tasks import service as tasks
from tests.core.places import place, plugin_module
from tests.core.test_jobs import Work, _row
from tests.core.test_outbox import Counted, Listener, _cursor, _record

OPERATOR = Caller.program()


async def _exhaust(host):
    """Let whatever fails use up its attempts."""
    for _ in range(9):
        await drain(host)
        async with host.unit_of_work() as uow:
            await uow.session.execute(
                text("update queue.pgqueuer set execute_after = now() where status = 'queued'")
            )
    await drain(host)


@pytest.fixture
async def office(fresh_host, settings):
    """``office(plugin)``: a host on an empty database with one more plugin."""
    made = []

    def make(module):
        registry = load_plugins(extra=[("parcels", module)])
        host = Host.create(fresh_host.settings, registry, fresh_host.settings.database_url)
        made.append(host)
        return host

    yield make
    for host in made:
        await host.close()


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def listening(office, listener):
    handler = EventHandler(Counted, listener.handle, "parcels.listen")
    return office(plugin_module("parcels", event_handlers=[handler]))


async def _letters(host):
    async with host.unit_of_work(OPERATOR) as uow:
        return await service.dead_letters(uow, host)


async def test_a_job_that_gave_up_says_why_and_is_done_when_replayed(office):
    work, name = Work(3), "parcels.weigh"
    host = office(plugin_module("parcels", jobs=[Job(name, work, attempts=3, title="Weigh")]))
    async with host.unit_of_work() as uow:
        uow.enqueue(name, {"trace": "feed0123"}, dedupe="weigh")
    await _exhaust(host)
    assert work.runs == 3
    [letter] = await _letters(host)
    assert (letter.plugin, letter.name, letter.title) == ("parcels", name, "Weigh")
    assert (letter.error, letter.trace_id) == ("RuntimeError: run 3", "feed0123")
    assert not letter.is_event

    async with host.unit_of_work() as uow:
        uow.enqueue(name, {}, delay=3600, dedupe="weigh")
    async with host.unit_of_work(OPERATOR) as uow:
        await service.replay(uow, host, letter.id)
    assert await _letters(host) == []
    await drain(host)
    assert work.runs == 4, "the replayed one alone: the other waits for its hour"
    async with host.unit_of_work() as uow:
        assert await uow.session.scalar(text("select count(*) from core.held_job")) == 0
    async with host.unit_of_work(OPERATOR) as uow:
        with pytest.raises(NotFoundError):
            await service.replay(uow, host, letter.id)


async def test_a_discarded_job_is_never_done(office):
    work, name = Work(99), "parcels.weigh"
    host = office(plugin_module("parcels", jobs=[Job(name, work, attempts=1)]))
    async with host.unit_of_work() as uow:
        uow.enqueue(name, {})
    await drain(host)
    [letter] = await _letters(host)
    assert letter.title == name, "a job without a title goes by its name"
    async with host.unit_of_work(OPERATOR) as uow:
        await service.discard(uow, host, letter.id)
    await drain(host)
    assert work.runs == 1
    assert await _row(host, name) is None
    assert await _letters(host) == []


async def _held_event(host, listener):
    """Two aggregates of a town; the first stands before its second event of four."""
    town, sick, well = await place(host), new_id(), new_id()
    listener.failing = {2}
    await _record(host, town, sick, 1, 2, 3, 4)
    await _record(host, town, well, 11, 12)
    await _exhaust(host)
    assert listener.numbers(sick) == [1]
    assert listener.numbers(well) == [11, 12], "a held event blocks its own aggregate alone"
    [letter] = await _letters(host)
    assert letter.is_event
    assert letter.plugin == "parcels"
    assert letter.versions == (2, 3, 4), "one letter for all that waits behind it"
    assert letter.error == "RuntimeError: number 2"
    async with host.unit_of_work() as uow:
        blamed = text("select distinct plugin from core.plugin_failure")
        assert (await uow.session.scalars(blamed)).all() == ["parcels"], "core did its part"
    return sick, letter


async def test_a_held_event_goes_on_in_order_when_replayed(listening, listener):
    sick, letter = await _held_event(listening, listener)
    listener.failing = set()
    async with listening.unit_of_work(OPERATOR) as uow:
        await service.replay(uow, listening, letter.id)
    await drain(listening)
    assert listener.numbers(sick) == [1, 2, 3, 4]
    assert await _letters(listening) == []


async def test_a_discarded_event_is_passed_over_and_the_next_go_on(listening, listener):
    sick, letter = await _held_event(listening, listener)
    async with listening.unit_of_work(OPERATOR) as uow:
        await service.discard(uow, listening, letter.id)
    await drain(listening)
    assert listener.numbers(sick) == [1, 3, 4]
    assert await _letters(listening) == []
    cursor = await _cursor(listening, sick)
    assert (cursor.version, cursor.error) == (4, None)


async def test_a_gap_puts_the_event_back_until_it_is_filled(listening, listener):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 1)

    async def put(version, number):
        async with listening.unit_of_work(Caller.program([town.id])) as uow:
            uow.session.add(
                OutboxEvent(
                    organization_id=town.id,
                    aggregate_id=aggregate,
                    version=version,
                    name=Counted.name,
                    payload={
                        "organization_id": str(town.id),
                        "aggregate_id": str(aggregate),
                        "number": number,
                    },
                    occurred_at=town.created_at,
                    trace_id="",
                )
            )
            uow.enqueue(
                "core.deliver_event",
                {
                    "handler": "parcels.listen",
                    "aggregate": str(aggregate),
                    "organization": str(town.id),
                    "version": version,
                },
            )

    await drain(listening)
    await put(3, 3)
    await drain(listening)
    assert listener.numbers(aggregate) == [1]
    assert (await _cursor(listening, aggregate)).error == "GapError"
    async with listening.unit_of_work() as uow:
        blamed = text("select count(*) from core.plugin_failure where plugin = 'parcels'")
        assert await uow.session.scalar(blamed) == 0, "a gap is no fault of the plugin"
    await put(2, 2)
    await _exhaust(listening)
    assert listener.numbers(aggregate) == [1, 2, 3]
    async with listening.unit_of_work() as uow:
        assert await outbox.held(uow.session) == []


async def test_a_schedules_next_turn_takes_the_place_of_one_that_gave_up(office):
    work, name = Work(1), "parcels.hourly"
    host = office(
        plugin_module("parcels", schedules=[Schedule(Job(name, work, attempts=1), "0 * * * *")])
    )
    connection = await _connect(host)
    try:
        application = await _application(host, connection)
        ticks = {key.entrypoint: one for key, one in application.sm.registry.items()}
        tick = ticks[f"tick.{name}"].parameters.func
        await tick(None)
        await drain(host)
        assert [letter.name for letter in await _letters(host)] == [name]
        await tick(None)
    finally:
        await connection.close()
    assert await _letters(host) == []
    await drain(host)
    assert work.runs == 2


async def test_a_plugin_that_is_gone_leaves_its_letters_readable(listening, listener, fresh_host):
    await _held_event(listening, listener)
    [letter] = await _letters(fresh_host)
    assert (letter.plugin, letter.title) == ("parcels", "parcels.listen")


async def _hold(host, name):
    """A job that gave up; its number."""
    async with host.unit_of_work() as uow:
        uow.enqueue(name, {"trace": "cafe0001"})
        await uow.flush()
        number = await uow.session.scalar(
            text("select max(id) from queue.pgqueuer where entrypoint = :n"), {"n": name}
        )
        await uow.session.execute(
            text("update queue.pgqueuer set status = 'failed' where id = :i"), {"i": number}
        )
    return number


async def _acts(host, organization_id):
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        rows = await uow.session.scalars(
            text(
                "select action from core.audit_entry where organization_id = :o"
                " and object_type = 'Job' order by id"
            ),
            {"o": organization_id},
        )
        return rows.all()


async def test_the_office_looks_replays_and_discards_and_the_log_has_it(
    host, make_consortium, visit
):
    made = await make_consortium()
    visitor = await visit(made.officer)
    first, second = await _hold(host, "core.send_feedback"), await _hold(host, "core.send_feedback")
    shown = await visitor.get("/office/held")
    assert shown.status_code == 200
    assert f"/office/held/{first}/replay" in shown.text
    answer = await visitor.graphql("{ deadLetters { id title plugin isEvent waiting } }")
    mine = [one for one in answer["data"]["deadLetters"] if one["id"] == str(first)]
    assert mine[0]["plugin"] == "core"
    assert mine[0]["title"] != "core.send_feedback"
    assert (await visitor.post(f"/office/held/{first}/discard")).status_code == 303
    discard = (
        "mutation($id: ID!) { discardDeadLetter(id: $id)"
        " { deadLetter { id } userErrors { code } } }"
    )
    done = await visitor.graphql(discard, id=str(second))
    assert done["data"]["discardDeadLetter"] == {
        "deadLetter": {"id": str(second)},
        "userErrors": [],
    }
    again = await visitor.graphql(discard, id=str(second))
    assert again["data"]["discardDeadLetter"]["userErrors"] == [{"code": "NOT_FOUND"}]
    third = await _hold(host, "core.send_feedback")
    assert (await visitor.post(f"/office/held/{third}/replay")).status_code == 303
    assert await _acts(host, made.id) == ["job.discarded", "job.discarded", "job.replayed"]
    async with host.unit_of_work() as uow:
        left = text("select id, status::text from queue.pgqueuer where id = any(:ids)")
        rows = (await uow.session.execute(left, {"ids": [first, second, third]})).all()
        await uow.session.execute(text("delete from queue.pgqueuer where id = :i"), {"i": third})
    assert rows == [(third, "queued")]


async def test_others_do_nothing_to_what_is_held(host, make_consortium, caller_for):
    made = await make_consortium()
    number = await _hold(host, "core.send_feedback")
    async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
        for act in (service.replay, service.discard):
            with pytest.raises(ForbiddenError):
                await act(uow, host, number)
        with pytest.raises(ForbiddenError):
            await service.dead_letters(uow, host)
    async with host.unit_of_work(OPERATOR) as uow:
        assert (await service.discard(uow, host, number)).id == number
    assert await _acts(host, made.id) == ["job.discarded"], "the operator's act is told too"


async def test_much_held_work_starts_again_as_a_task(host, make_consortium, caller_for):
    made = await make_consortium()
    caller = await caller_for(made.officer)
    held = {await _hold(host, "core.send_feedback") for _ in range(2)}
    async with host.unit_of_work(caller) as uow:
        assert await replaying.is_quick(uow, host, "core")
        with pytest.raises(NotFoundError):
            await replaying.begin(uow, host, "nothing")
        task = await replaying.begin(uow, host, "core")
    await drain(host)
    assert held.isdisjoint(letter.id for letter in await _letters(host))
    async with host.unit_of_work(caller, read_only=True) as uow:
        over = await tasks.find(uow, host, task.id)
    assert over.state == "done"
    assert over.facts["count"] >= 2
    assert (await _acts(host, made.id)).count("job.replayed") >= 2, "in the officer's own log"
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
            await replaying.begin(uow, host, "core")
