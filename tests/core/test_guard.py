"""Containment of plugins: time limit, recorded failures, the breaker."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from arengo_core import clock as wall
from arengo_core.errors import ConflictError, UnavailableError
from arengo_core.ids import new_id
from arengo_core.plugins import guard as guarding
from arengo_core.plugins.guard import Guard
from arengo_core.testing.statements import counting


@pytest.fixture
def plugin():
    return f"guarded-{new_id().hex}"


@pytest.fixture
def guard(host):
    return Guard(host.sessions, time_limit=60)


@pytest.fixture
def clock(monkeypatch):
    """A monotonic clock that a test moves by hand."""

    class Hand:
        now = 1000.0

    monkeypatch.setattr(guarding, "time", SimpleNamespace(monotonic=lambda: Hand.now))
    return Hand


async def _fail():
    raise RuntimeError("broken")


async def _work():
    return "done"


async def _failures(host, plugin):
    async with host.unit_of_work() as uow:
        rows = await uow.session.execute(
            text("select stage, message, occurrences from core.plugin_failure where plugin = :p"),
            {"p": plugin},
        )
        return [tuple(row) for row in rows]


async def test_a_fault_becomes_a_typed_error_and_is_counted_against_the_plugin(host, guard, plugin):
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "price", _fail)
    assert await _failures(host, plugin) == [("price", "RuntimeError: broken", 2)]


async def test_a_late_answer_is_cut_off(host, guard, plugin):
    finished = []

    async def late():
        await asyncio.sleep(30)
        finished.append(True)

    with pytest.raises(UnavailableError):
        await guard.call(plugin, "price", late, time_limit=0.05)
    assert finished == []
    [(stage, message, _)] = await _failures(host, plugin)
    assert (stage, message.partition(":")[0]) == ("price", "late answer")


async def test_a_refusal_is_an_answer_not_a_fault(host, guard, plugin):
    async def refuse():
        raise ConflictError("Closed today.")

    for _ in range(10):
        with pytest.raises(ConflictError):
            await guard.call(plugin, "price", refuse)
    assert await _failures(host, plugin) == []
    assert await guard.call(plugin, "price", _work) == "done"


async def test_the_breaker_opens_and_lets_one_call_probe_after_the_pause(guard, plugin, clock):
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "price", _fail)
    called = []

    async def counted():
        called.append(True)
        return await _work()

    with pytest.raises(UnavailableError):
        await guard.call(plugin, "price", counted)
    assert called == [], "an open breaker calls nobody"

    clock.now += 31
    gate, looked = asyncio.Event(), asyncio.Event()

    async def slow_probe():
        called.append(True)
        gate.set()
        await looked.wait()
        raise RuntimeError("still broken")

    probe = asyncio.create_task(guard.call(plugin, "price", slow_probe))
    await gate.wait()
    with pytest.raises(UnavailableError):
        await guard.call(plugin, "price", counted)
    assert called == [True], "while one call probes, the others wait"
    looked.set()
    with pytest.raises(UnavailableError):
        await probe
    with pytest.raises(UnavailableError):
        await guard.call(plugin, "price", counted)
    assert called == [True], "a probe that fails opens it again"

    clock.now += 31
    assert await guard.call(plugin, "price", counted) == "done"
    assert await guard.call(plugin, "price", counted) == "done"


async def test_one_plugins_breaker_is_not_anothers(guard, plugin):
    for _ in range(6):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "price", _fail)
    assert await guard.call(f"{plugin}-other", "price", _work) == "done"


async def test_methods_of_a_wrapped_object_pass_the_guard_and_the_rest_is_itself(guard, plugin):
    class Prices:
        currency = "EUR"

        async def price(self, quantity, *, each):
            return quantity * each

        async def broken(self):
            raise KeyError("x")

    wrapped = guard.wrap(plugin, Prices(), door="Prices")
    assert wrapped.currency == "EUR"
    assert await wrapped.price(3, each=2) == 6
    with pytest.raises(UnavailableError) as caught:
        await wrapped.broken()
    assert isinstance(caught.value.__cause__, KeyError)
    assert plugin in str(caught.value)


async def _sleep_in(uow):
    await uow.session.execute(text("select pg_sleep(30)"))


async def _notes(host, plugin):
    async with host.unit_of_work() as uow:
        rows = await uow.session.execute(
            text(
                "select stage, message, closed_until, trace_id from core.plugin_failure"
                " where plugin = :p"
            ),
            {"p": plugin},
        )
        return {row.stage: row for row in rows}


async def test_one_broken_door_leaves_the_plugins_other_doors_open(host, guard, plugin):
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "field Shop.rating", _fail)
    assert await guard.call(plugin, "Payments.start", _work) == "done"
    assert guard.breaker(plugin, "field Shop.rating").is_open
    assert not guard.breaker(plugin, "Payments.start").is_open


async def test_until_when_a_door_is_closed_is_noted_and_gone_once_it_works(
    host, guard, plugin, clock
):
    for count in range(5):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "price", _fail)
        assert ((await _notes(host, plugin))["price"].closed_until is None) == (count < 4)
    note = (await _notes(host, plugin))["price"]
    assert note.closed_until > wall.now()
    clock.now += 31
    await guard.call(plugin, "price", _work)
    assert (await _notes(host, plugin))["price"].closed_until is None


async def test_slow_sql_of_a_plugin_ends_in_its_own_fault_and_the_transaction_goes_on(
    host, guard, plugin
):
    async with host.unit_of_work() as uow:
        before = await uow.session.scalar(text("show statement_timeout"))
        with pytest.raises(UnavailableError):
            # Half of it for the statement, half for a busy machine to tell of its end.
            await guard.call(plugin, "quote", lambda: _sleep_in(uow), uow=uow, time_limit=8)
        with pytest.raises(UnavailableError):
            wrong = text("select 1/0")
            await guard.call(plugin, "quote", lambda: uow.session.execute(wrong), uow=uow)
        assert await uow.session.scalar(text("select 1")) == 1
        assert await uow.session.scalar(text("show statement_timeout")) == before
        asked = await guard.call(
            plugin, "limit", lambda: uow.session.scalar(text("show statement_timeout")), uow=uow
        )
        assert asked == "30s"
        assert await uow.session.scalar(text("show statement_timeout")) == before
    async with host.unit_of_work() as uow:
        messages = await uow.session.scalars(
            text("select message from core.plugin_failure where plugin = :p order by 1"),
            {"p": plugin},
        )
        assert messages.all() == ["DivisionByZeroError: 22012", "slow SQL: 57014"]


async def test_what_a_failed_call_wrote_and_noted_goes_and_the_callers_stays(host, guard, plugin):
    town = new_id()

    async def half():
        await uow.widen([town])
        uow.enqueue("nothing.does.this", {})
        await uow.session.execute(text("create temporary table half (n int) on commit drop"))
        raise RuntimeError("half done")

    async with host.unit_of_work() as uow:
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "write", half, uow=uow)
        assert town not in uow.scope.organizations
        assert await uow.session.scalar(text("select to_regclass('half')")) is None
        scope = await uow.session.scalar(text("select current_setting('arengo.organizations')"))
        assert str(town) not in scope


async def test_a_call_that_asks_nothing_of_the_database_costs_no_statement(host, guard, plugin):
    with counting(host) as statements:
        async with host.unit_of_work() as uow:
            assert await guard.call(plugin, "idle", _work, uow=uow) == "done"
    assert statements == []


async def test_failures_of_the_database_are_recorded_without_values(host, guard, plugin):
    async def leak():
        async with host.unit_of_work() as uow:
            await uow.session.execute(text("select cast(:v as uuid)"), {"v": "a secret"})

    async def cast():
        async with host.unit_of_work() as uow:
            await uow.session.execute(text("select ('' || :v)::uuid"), {"v": "a secret"})

    for work in (leak, cast):
        with pytest.raises(UnavailableError):
            await guard.call(plugin, "leak", work)
    for _, message, _ in await _failures(host, plugin):
        assert "secret" not in message
