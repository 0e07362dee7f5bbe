"""Slots: a plugin's part in another's page, and what its faults do to that page: nothing."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import text

from arengo_core.plugins.contributions import Resources, Slot, SlotPart
from arengo_core.web.app import create_app
from tests.core.places import plugin_module

SLOT = "marketplace.dashboard"


async def _greeting(uow, subject):
    return {"greeting": f"<b>{subject}</b>"}


async def _nothing(_uow, _subject):
    return None


async def _failing(_uow, _subject):
    raise RuntimeError("in a part")


async def _late(_uow, _subject):
    await asyncio.sleep(30)


async def _broken_sql(uow, _subject):
    await uow.session.execute(text("select nonsense"))


@pytest.fixture
def templates(tmp_path):
    (tmp_path / "greet").mkdir()
    (tmp_path / "greet" / "part.html").write_text("<p>Part: {{ greeting }} {{ face }}</p>")
    (tmp_path / "greet" / "broken.html").write_text("{{ 1 / 0 }}")
    return Resources(templates=tmp_path)


@pytest.fixture
async def officer(make_consortium, host):
    """A session of a consortium's officer, and the consortium's id."""
    made = await make_consortium()
    async with host.unit_of_work() as uow:
        return await host.identity.open_session(uow, made.officer.id), made.id


async def _dashboard(host, token):
    transport = httpx.ASGITransport(app=create_app(host), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        client.cookies.set("arengo_session", token)
        return await client.get("/office")


async def test_parts_stand_in_the_page_in_their_order(host_with, officer, templates):
    token, consortium = officer
    parts = [
        SlotPart(SLOT, "greet/part.html", _greeting, order=20),
        SlotPart(SLOT, "greet/part.html", _nothing, order=5),
    ]
    host = host_with(("greet", plugin_module("greet", slot_parts=parts, resources=templates)))
    answer = await _dashboard(host, token)
    assert answer.status_code == 200
    assert f"<p>Part: &lt;b&gt;{consortium}&lt;/b&gt; office</p>" in answer.text
    assert answer.text.count("<p>Part:") == 1


@pytest.mark.parametrize(
    ("values", "template"),
    [
        (_failing, "greet/part.html"),
        (_late, "greet/part.html"),
        (_broken_sql, "greet/part.html"),
        (_greeting, "greet/broken.html"),
        (_greeting, "greet/missing.html"),
    ],
)
async def test_a_part_that_fails_is_left_out_and_recorded(
    host_with, officer, templates, values, template
):
    token, _ = officer
    parts = [SlotPart(SLOT, template, values), SlotPart(SLOT, "greet/part.html", _greeting)]
    module = plugin_module("greet", slot_parts=parts, resources=templates)
    limit = 0.5 if values is _late else 60
    host = host_with(("greet", module), plugin_time_limit=limit)
    answer = await _dashboard(host, token)
    assert answer.status_code == 200
    assert answer.text.count("<p>Part:") == 1
    async with host.engine.connect() as connection:
        stages = await connection.scalars(
            text("select stage from core.plugin_failure where plugin = 'greet'")
        )
        assert f"slot {SLOT}" in stages.all()


async def test_a_part_of_a_service_is_there_where_it_is_active(
    host_with, officer, templates, make_consortium, make_offer, activate, host
):
    parts = [SlotPart(SLOT, "greet/part.html", _greeting, service="storefront")]
    module = plugin_module("greet", slot_parts=parts, resources=templates)
    made = await make_consortium()
    await activate(made.lead.id, await make_offer(made.id, "communications"))
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, made.lead_officer.id)
    assert "<p>Part:" not in (await _dashboard(host_with(("greet", module)), token)).text
    parts[0] = SlotPart(SLOT, "greet/part.html", _greeting, service="communications")
    assert "<p>Part:" in (await _dashboard(host_with(("greet", module)), token)).text


async def test_a_slot_that_its_plugin_does_not_offer_sets_the_part_aside(host_with):
    def served(*parts):
        host = host_with(("greet", plugin_module("greet", slot_parts=list(parts))))
        create_app(host)
        return [error for error in host.registry.set_aside if error.plugin == "greet"]

    wrong = SlotPart("marketplace.nowhere", "x.html", _nothing)
    [error] = served(wrong)
    assert "plugin 'marketplace' offers no slot 'marketplace.nowhere'; use one of:" in error.message
    absent = SlotPart("choir.songs", "x.html", _nothing)
    assert served(absent) == []


async def test_two_plugins_cannot_offer_one_slot(host_with):
    slot = Slot(SLOT, "the same")
    host = host_with(("greet", plugin_module("greet", slots=[slot])))
    [error] = [error for error in host.registry.set_aside if error.plugin == "greet"]
    assert "is already brought by plugin 'marketplace'" in error.message
