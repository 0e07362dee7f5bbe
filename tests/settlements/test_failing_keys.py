"""A plugin's allocation key that fails: named to who reads, and counted in the plugin's health."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from sqlalchemy import select

from arengo_core.host import Host
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest
from arengo_core.plugins.models import PluginFailure
from arengo_marketplace.settlements import service
from tests.settlements.valley import AUGUST, IN_SEPTEMBER, Bells


class OddKey:
    """Gives what a test tells it to."""

    id = "odd.weight"
    prorated = True
    answer: object = None

    def options(self, document):
        return {}

    def weights(self, members, context):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


KEY = OddKey()


class Odd:
    """A plugin with that key."""

    @hookimpl
    def arengo_manifest(self):
        return Manifest(key="odd", title="Odd", description="For tests.", version="1.0")

    @hookimpl
    def arengo_allocation_keys(self):
        return [KEY]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(settings, database):
    extra = [("bells", Bells()), ("odd", Odd())]
    made = Host.create(settings, load_plugins(extra=extra), database.app)
    yield made
    await made.close()


async def _failures(host):
    async with host.guard.sessions() as session:
        rows = await session.execute(
            select(PluginFailure.stage, PluginFailure.message).where(PluginFailure.plugin == "odd")
        )
        return {(stage, message.partition(":")[0]) for stage, message in rows}


async def _noted(host, expected):
    for _ in range(200):
        if expected in await _failures(host):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{expected} not in {await _failures(host)}")


@pytest.mark.parametrize(
    ("answer", "kind"), [(ZeroDivisionError("x"), "ZeroDivisionError"), ("many", "AttributeError")]
)
async def test_a_key_that_raises_or_answers_nonsense_counts_against_its_plugin(
    make_valley, move_clock, answer, kind
):
    KEY.answer = answer
    rule = {"parts": [{"key": "odd.weight", "weight": 100}]}
    valley = await make_valley(cost_rule=rule)
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        draft = await service.preview(uow, valley.host, consortium_id=valley.id, period=AUGUST)
    [problem] = draft.problems
    assert "odd.weight" in str(problem)
    assert "odd" in str(problem)
    assert draft.allocations == []
    await _noted(valley.host, ("allocation_key.odd.weight", kind))
