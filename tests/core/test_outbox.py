"""The outbox: in order for each aggregate, at least once, and one failure holds one aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import DELIVER
from arengo_core.ids import new_id
from arengo_core.jobs.worker import drain
from arengo_core.outbox import repository
from arengo_core.outbox.delivery import deliver
from arengo_core.outbox.events import Event, EventHandler
from arengo_core.plugins import gate
from tests.core.places import place, plugin_module


@dataclass(frozen=True, slots=True)
class Counted(Event):
    name: ClassVar[str] = "parcels.counted"

    number: int


@dataclass(frozen=True, slots=True)
class Weighed(Event):
    name: ClassVar[str] = "parcels.weighed"

    grams: int


class Listener:
    """What handlers got; ``failing`` numbers raise."""

    def __init__(self):
        self.got = []
        self.failing = set()

    async def handle(self, uow, delivery):
        if delivery.event.number in self.failing:
            raise RuntimeError(f"number {delivery.event.number}")
        self.got.append((delivery.event.aggregate_id, delivery.event.number, delivery.version))
        uow.audit(delivery.event.organization_id, "counted", "Parcel", delivery.event_id)

    def numbers(self, aggregate):
        return [number for found, number, _ in self.got if found == aggregate]


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def listening(host_with, listener):
    module = plugin_module(
        "parcels",
        event_handlers=[EventHandler(Counted, listener.handle, "parcels.listen")],
    )
    return host_with(("parcels", module))


async def _record(host, town, aggregate, *numbers):
    for number in numbers:
        async with host.unit_of_work(Caller.program([town.id])) as uow:
            uow.record(Counted(town.id, aggregate, number))


def _job(town, aggregate, version, handler="parcels.listen"):
    return {
        "handler": handler,
        "aggregate": str(aggregate),
        "organization": str(town.id),
        "version": version,
    }


async def _cursor(host, aggregate, handler="parcels.listen"):
    async with host.unit_of_work() as uow:
        return await repository.lock_cursor(uow.session, handler, aggregate)


async def test_each_event_arrives_once_in_order_with_its_version(listening, listener):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 10, 11, 12)
    await _run_queue(listening)
    assert listener.got == [(aggregate, 10, 1), (aggregate, 11, 2), (aggregate, 12, 3)]


async def test_a_job_delivered_again_does_nothing_twice(listening, listener):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 1, 2)
    for version in (1, 2, 1, 2, 2):
        await deliver(listening, _job(town, aggregate, version))
    assert listener.numbers(aggregate) == [1, 2]
    async with listening.unit_of_work(Caller.program([town.id])) as uow:
        acted = await uow.session.scalar(
            text(
                "select count(*) from core.audit_entry where organization_id = :o"
                " and action = 'counted'"
            ),
            {"o": town.id},
        )
    assert acted == 2


async def test_a_later_job_first_catches_up_with_the_earlier_events(listening, listener):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 1, 2, 3)
    await deliver(listening, _job(town, aggregate, 3))
    assert listener.numbers(aggregate) == [1, 2, 3]
    await deliver(listening, _job(town, aggregate, 1))
    assert listener.numbers(aggregate) == [1, 2, 3]


@settings(max_examples=15)
@given(jobs=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=12))
async def test_any_order_and_number_of_deliveries_keeps_each_aggregates_order(host_maker, jobs):
    host, listener = host_maker
    town = await place(host)
    aggregates = (new_id(), new_id())
    for aggregate in aggregates:
        await _record(host, town, aggregate, 1, 2, 3, 4)
    for which, version in jobs:
        await deliver(host, _job(town, aggregates[which], version))
    for which, aggregate in enumerate(aggregates):
        furthest = max((version for index, version in jobs if index == which), default=0)
        assert listener.numbers(aggregate) == [1, 2, 3, 4][:furthest]


@pytest.fixture(scope="module")
async def host_maker(settings, database):
    from arengo_core.host import Host
    from arengo_core.plugins.manager import load_plugins

    listener = Listener()
    module = plugin_module(
        "parcels",
        event_handlers=[EventHandler(Counted, listener.handle, "parcels.listen")],
    )
    host = Host.create(settings, load_plugins(extra=[("parcels", module)]), database.app)
    yield host, listener
    await host.close()


async def test_a_failing_handler_holds_its_own_aggregate_and_is_named(listening, listener):
    town, sick, well = await place(listening), new_id(), new_id()
    listener.failing = {2}
    await _record(listening, town, sick, 1, 2, 3)
    await _record(listening, town, well, 21, 22)
    for aggregate, version in ((sick, 3), (well, 2)):
        try:
            await deliver(listening, _job(town, aggregate, version))
        except RuntimeError:
            assert aggregate == sick
    assert listener.numbers(sick) == [1]
    assert listener.numbers(well) == [21, 22]
    held = await _cursor(listening, sick)
    assert (held.version, held.error) == (1, "RuntimeError")
    assert (await _cursor(listening, well)).error is None
    async with listening.unit_of_work() as uow:
        assert sick in {row.aggregate_id for row in await repository.held(uow.session)}
        row = (
            await uow.session.execute(
                text(
                    "select stage from core.plugin_failure"
                    " where plugin = 'parcels' and message = 'RuntimeError: number 2'"
                )
            )
        ).one()
    assert row == ("event handler parcels.listen",)

    listener.failing = set()
    await deliver(listening, _job(town, sick, 3))
    assert listener.numbers(sick) == [1, 2, 3]
    assert (await _cursor(listening, sick)).error is None


async def test_what_a_failing_handler_wrote_is_undone(host_with):
    async def half(uow, delivery):
        uow.audit(delivery.event.organization_id, "half", "Parcel")
        await uow.flush()
        raise RuntimeError("in the middle")

    module = plugin_module("half", event_handlers=[EventHandler(Counted, half, "half.listen")])
    host = host_with(("half", module))
    town, aggregate = await place(host), new_id()
    await _record(host, town, aggregate, 1)
    with pytest.raises(RuntimeError):
        await deliver(host, _job(town, aggregate, 1, "half.listen"))
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        left = await uow.session.scalar(
            text(
                "select count(*) from core.audit_entry where organization_id = :o"
                " and action = 'half'"
            ),
            {"o": town.id},
        )
    assert left == 0
    assert (await _cursor(host, aggregate, "half.listen")).version == 0


async def test_one_handlers_failure_does_not_hold_another_handler(host_with, listener):
    async def broken(_uow, _delivery):
        raise RuntimeError

    module = plugin_module(
        "pair",
        event_handlers=[
            EventHandler(Counted, broken, "pair.broken"),
            EventHandler(Counted, listener.handle, "pair.well"),
        ],
    )
    host = host_with(("pair", module))
    town, aggregate = await place(host), new_id()
    await _record(host, town, aggregate, 1)
    with pytest.raises(RuntimeError):
        await deliver(host, _job(town, aggregate, 1, "pair.broken"))
    await deliver(host, _job(town, aggregate, 1, "pair.well"))
    assert listener.numbers(aggregate) == [1]


async def test_a_handler_of_a_service_is_called_for_members_who_have_it(host_with, listener):
    finishing = Listener()
    module = plugin_module(
        "gated",
        event_handlers=[
            EventHandler(Counted, listener.handle, "gated.listen", service="gated"),
            EventHandler(Counted, finishing.handle, "gated.finish", service="gated", finishes=True),
        ],
    )
    host = host_with(("gated", module))
    without, having = await place(host), await place(host, "Torre")
    async with host.unit_of_work() as uow:
        await gate.open_gate(
            uow.session,
            organization_id=having.id,
            service="gated",
            activation_id=new_id(),
            consortium_id=new_id(),
        )
    for town in (without, having):
        aggregate = new_id()
        await _record(host, town, aggregate, 5)
        for handler in ("gated.listen", "gated.finish"):
            await deliver(host, _job(town, aggregate, 1, handler))
        expected = [5] if town is having else []
        assert listener.numbers(aggregate) == expected
        assert finishing.numbers(aggregate) == [5]


async def test_events_of_another_type_are_passed_over(listening, listener):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 1)
    async with listening.unit_of_work(Caller.program([town.id])) as uow:
        uow.record(Weighed(town.id, aggregate, 300))
    await _record(listening, town, aggregate, 2)
    await deliver(listening, _job(town, aggregate, 3))
    assert listener.got == [(aggregate, 1, 1), (aggregate, 2, 3)]


async def test_concurrent_events_of_an_aggregate_get_versions_without_gaps(listening):
    import asyncio

    town, aggregate = await place(listening), new_id()
    await asyncio.gather(*(_record(listening, town, aggregate, number) for number in range(6)))
    async with listening.unit_of_work(Caller.program([town.id])) as uow:
        versions = await uow.session.scalars(
            text("select version from core.outbox_event where aggregate_id = :a order by 1"),
            {"a": aggregate},
        )
        assert versions.all() == [1, 2, 3, 4, 5, 6]


async def _run_queue(host):
    from arengo_core.jobs.worker import drain

    await drain(host)


async def test_recording_notes_one_delivery_for_each_handler(listening):
    town, aggregate = await place(listening), new_id()
    await _record(listening, town, aggregate, 1)
    async with listening.unit_of_work() as uow:
        jobs = await uow.session.scalar(
            text(
                "select count(*) from queue.pgqueuer where entrypoint = :job"
                " and convert_from(payload, 'utf8') like :a"
            ),
            {"job": DELIVER, "a": f"%{aggregate}%"},
        )
    assert jobs == 1


async def test_a_burst_leaves_connections_to_others(host_with):
    """Each delivery holds one while it works: some wait for their turn, not for the pool's."""
    at_work, most, done = 0, 0, 0

    async def handle(uow, _delivery):
        nonlocal at_work, most, done
        at_work += 1
        most = max(most, at_work)
        await uow.session.execute(text("select pg_sleep(0.05)"))
        at_work -= 1
        done += 1

    handler = EventHandler(Counted, handle, "parcels.burst")
    host = host_with(("parcels", plugin_module("parcels", event_handlers=[handler])))
    town = await place(host)
    for number in range(40):
        await _record(host, town, new_id(), number)
    await drain(host)
    assert done == 40
    assert 1 < most < host.engine.pool.size() + 1
