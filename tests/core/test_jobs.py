"""Jobs: tried again, then held for a person; and started by the clock."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from arengo_core.caller import OrganizationKind
from arengo_core.errors import NotYetError
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.jobs.worker import _application, _connect, drain
from arengo_core.plugins import gate
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Service
from tests.core.places import place, plugin_module


class Work:
    """A job that fails as often as it is told."""

    def __init__(self, failures, error=RuntimeError):
        self.failures = failures
        self.error = error
        self.runs = 0

    async def __call__(self, _host, _payload):
        self.runs += 1
        if self.runs <= self.failures:
            raise self.error(f"run {self.runs}")


@pytest.fixture
def shift(host_with):
    """``shift(failures, error)``: a host with one job of three attempts."""

    def make(failures, error=RuntimeError):
        work, name = Work(failures, error), f"shift{new_id().hex}.job"
        module = plugin_module("shift", jobs=[Job(name, work, attempts=3)])
        return host_with(("shift", module)), work, name

    return make


async def _enqueue(host, name, payload=None, **options):
    async with host.unit_of_work() as uow:
        uow.enqueue(name, payload or {}, **options)


async def _row(host, name):
    async with host.unit_of_work() as uow:
        rows = await uow.session.execute(
            text("select status::text, attempts from queue.pgqueuer where entrypoint = :n"),
            {"n": name},
        )
        return rows.one_or_none()


async def _make_due(host, name):
    async with host.unit_of_work() as uow:
        await uow.session.execute(
            text("update queue.pgqueuer set execute_after = now() where entrypoint = :n"),
            {"n": name},
        )


async def test_a_job_that_works_leaves_the_queue(shift):
    host, work, name = shift(0)
    await _enqueue(host, name)
    await drain(host)
    assert work.runs == 1
    assert await _row(host, name) is None


async def test_a_failing_job_is_tried_again_later(shift):
    host, work, name = shift(1)
    await _enqueue(host, name)
    # The pause before the second run may be over within one drain where the machine is slow.
    for _ in range(2):
        await drain(host)
        await _make_due(host, name)
    assert work.runs == 2
    assert await _row(host, name) is None


async def _blamed(host, name):
    async with host.unit_of_work() as uow:
        stages = await uow.session.scalars(
            text("select stage from core.plugin_failure where plugin = 'shift'")
        )
        return f"job {name}" in stages.all()


async def test_after_its_attempts_a_job_is_held_not_lost(shift):
    host, work, name = shift(99)
    await _enqueue(host, name)
    for _ in range(6):
        await drain(host)
        await _make_due(host, name)
    assert work.runs == 3
    assert (await _row(host, name)).status == "failed"
    assert await _blamed(host, name)


async def test_a_job_whose_turn_has_not_come_is_put_back_without_blame(shift):
    host, work, name = shift(1, NotYetError)
    await _enqueue(host, name)
    for _ in range(2):
        await drain(host)
        await _make_due(host, name)
    assert work.runs == 2
    assert not await _blamed(host, name)


async def test_a_job_of_a_service_runs_while_the_member_has_it(host_with):
    ran, key = [], f"shift{new_id().hex}"

    def noting(name):
        async def work(_host, payload):
            ran.append((name, payload["town"]))

        return work

    gated, finishing = f"{key}.begin", f"{key}.finish"
    module = plugin_module(
        "shift",
        services=[Service(key, key, key, frozenset({OrganizationKind.MUNICIPALITY}))],
        jobs=[
            Job(gated, noting("begin"), attempts=1, service=key, member="town"),
            Job(finishing, noting("finish"), service=key, finishes=True),
        ],
    )
    host = host_with(("shift", module))
    having, without = await place(host), await place(host, "Torre")
    activation_id = new_id()
    async with host.unit_of_work() as uow:
        await gate.open_gate(
            uow.session,
            organization_id=having.id,
            service=key,
            activation_id=activation_id,
            consortium_id=new_id(),
        )

    async def done_by(town):
        ran.clear()
        for name in (gated, finishing):
            await _enqueue(host, name, {"town": str(town.id)})
        await drain(host)
        assert await _row(host, gated) is None, "a job that is dropped is neither held nor tried"
        assert {told for _, told in ran} == {str(town.id)}
        return sorted(name for name, _ in ran)

    assert await done_by(having) == ["begin", "finish"]
    assert await done_by(without) == ["finish"]
    assert not await _blamed(host, gated)
    async with host.unit_of_work() as uow:
        await gate.close_gate(uow.session, activation_id)
    assert await done_by(having) == ["finish"]
    for nobody in ({}, {"town": "nowhere"}):
        ran.clear()
        await _enqueue(host, gated, nobody)
        await drain(host)
        assert ran == []
        assert await _blamed(host, gated)


async def test_one_jobs_failure_does_not_stop_another(shift):
    broken, _, broken_name = shift(99)
    host, work, name = shift(0)
    await _enqueue(broken, broken_name)
    await _enqueue(host, name)
    await drain(broken)
    await drain(host)
    assert work.runs == 1


async def test_a_delayed_job_waits(shift):
    host, work, name = shift(0)
    await _enqueue(host, name, delay=3600)
    await drain(host)
    assert work.runs == 0
    assert await _row(host, name) is not None


async def test_every_schedule_of_every_plugin_is_registered_and_queued_by_its_tick(host_with):
    ticked = Work(0)
    name = f"clock{new_id().hex}.job"
    module = plugin_module("clock", schedules=[Schedule(Job(name, ticked), "*/5 * * * *")])
    host = host_with(("clock", module))
    connection = await _connect(host)
    try:
        application = await _application(host, connection)
        registered = {
            key.entrypoint: (key.expression, executor)
            for key, executor in application.sm.registry.items()
        }
    finally:
        await connection.close()
    expected = {
        f"tick.{schedule.job.name}": schedule.cron
        for plugin in load_plugins(extra=[("clock", module)]).plugins
        for schedule in plugin.schedules
    }
    assert {key: cron for key, (cron, _) in registered.items()} == expected
    executor = registered[f"tick.{name}"][1]
    for _ in range(2):
        await executor.parameters.func(None)
    async with host.unit_of_work() as uow:
        queued = await uow.session.scalar(
            text("select count(*) from queue.pgqueuer where entrypoint = :n"), {"n": name}
        )
    assert queued == 1, "a tick that finds its job waiting adds no second one"
    await drain(host)
    assert ticked.runs == 1


async def test_a_burst_of_a_kind_leaves_connections_to_others(host_with):
    """A month's close orders a mail a member: some wait for their turn, not for a connection."""
    at_work, most, done = 0, 0, 0

    async def work(host, _payload):
        nonlocal at_work, most, done
        async with host.unit_of_work() as uow:
            at_work += 1
            most = max(most, at_work)
            await uow.session.execute(text("select pg_sleep(0.05)"))
            at_work -= 1
            done += 1

    name = f"burst{new_id().hex}.job"
    host = host_with(("burst", plugin_module("burst", jobs=[Job(name, work)])))
    async with host.unit_of_work() as uow:
        for _ in range(40):
            uow.enqueue(name, {})
    await drain(host)
    assert done == 40
    assert 1 < most < host.engine.pool.size() / 2
