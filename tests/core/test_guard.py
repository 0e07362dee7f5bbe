"""Containment of plugins: time limit, recorded failures, the breaker."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from arengo_core.errors import ConflictError, UnavailableError
from arengo_core.ids import new_id
from arengo_core.plugins import guard as guarding
from arengo_core.plugins.guard import Guard


@pytest.fixture
def plugin():
    return f"guarded-{new_id().hex}"


@pytest.fixture
def guard(host):
    return Guard(host.sessions, time_limit=0.05)


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
        await guard.call(plugin, "price", late)
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
    gate = asyncio.Event()

    async def slow_probe():
        called.append(True)
        gate.set()
        await asyncio.sleep(0.01)
        raise RuntimeError("still broken")

    probe = asyncio.create_task(guard.call(plugin, "price", slow_probe))
    await gate.wait()
    with pytest.raises(UnavailableError):
        await guard.call(plugin, "price", counted)
    assert called == [True], "while one call probes, the others wait"
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

    wrapped = guard.wrap(plugin, Prices())
    assert wrapped.currency == "EUR"
    assert await wrapped.price(3, each=2) == 6
    with pytest.raises(UnavailableError) as caught:
        await wrapped.broken()
    assert isinstance(caught.value.__cause__, KeyError)
    assert plugin in str(caught.value)
