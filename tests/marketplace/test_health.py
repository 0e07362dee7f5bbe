"""Plugin health: named, explained, and looked after by the office alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_core.errors import ForbiddenError
from arengo_core.ids import new_id
from arengo_core.plugins.registry import PluginError
from arengo_marketplace.health import service


async def test_a_failing_plugin_is_named_with_what_members_notice(host, make_consortium, visit):
    made = await make_consortium()
    mark = f"mark-{new_id().hex}"
    await host.guard.record("bells", "job ring", RuntimeError(mark))
    page = await (await visit(made.officer)).get("/office/plugins")
    assert page.status_code == 200
    assert mark in page.text
    assert "job ring" in page.text


async def test_a_plugin_set_aside_says_why(host, make_consortium, visit, monkeypatch):
    made = await make_consortium()
    error = PluginError("broken-one", "import", "no module named flute")
    monkeypatch.setattr(host.registry, "set_aside", [error])
    visitor = await visit(made.officer)
    assert "no module named flute" in (await visitor.get("/office/plugins")).text
    assert "broken-one" in (await visitor.get("/office")).text


async def test_only_officers_of_a_consortium_look_after_plugins(host, make_consortium, caller_for):
    made = await make_consortium()
    async with host.unit_of_work(await caller_for(made.officer), read_only=True) as uow:
        keys = {plugin.key for plugin in await service.report(uow, host)}
        assert {"core", "marketplace", "bells"} <= keys
    async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
        with pytest.raises(ForbiddenError):
            await service.report(uow, host)
        with pytest.raises(ForbiddenError):
            await service.retry(uow, host, plugin="core")


async def test_a_closed_door_says_until_when_and_what_members_notice(host, make_consortium, visit):
    made = await make_consortium()
    stage = f"field Shop.rating_{new_id().hex}"
    until = clock.now() + timedelta(seconds=30)
    await host.guard.record("bells", stage, RuntimeError("broken"), closed_until=until)
    await host.guard.record(
        "bells", f"{stage}_past", RuntimeError("old"), closed_until=until - timedelta(hours=1)
    )
    visitor = await visit(made.officer)
    page = (await visitor.get("/office/plugins")).text
    assert "Porte chiuse" in page or "Closed doors" in page
    asked = await visitor.graphql("{ pluginHealth { key state closedDoors } }")
    [bells] = [one for one in asked["data"]["pluginHealth"] if one["key"] == "bells"]
    assert bells["state"] == "degraded"
    [door] = [one for one in bells["closedDoors"] if stage in one]
    assert door == f"{stage}: {until:%Y-%m-%dT%H:%M:%SZ}"
