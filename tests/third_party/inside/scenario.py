"""What must hold with the sample installed, whole or broken in one way (``ARENGO_SCENARIO``).

Run by ``test_sample_plugin.py`` in a process of its own; not collected otherwise.
"""

from __future__ import annotations

import os

import pytest

from arengo_core.api.scalars import global_id
from arengo_storefront.orders import service as orders

CASE = os.environ.get("ARENGO_SCENARIO", "whole")
SAID = os.environ.get("ARENGO_SCENARIO_SAID", "")
ABSENT = CASE in {"import", "hook", "migration"}
REPORT = (
    'mutation($o: ID!) { reportLift(organizationId: $o, name: "Palù", state: "open")'
    " { userErrors { code } } }"
)


@pytest.fixture
async def lifts(host, app, valley, visit, make_offer, activate, run_jobs):
    """Where the plugin can: a member switches it on, reports a lift, asks for it."""
    officer = await visit(valley.consortium.lead_officer)
    if ABSENT:
        return officer
    lead = valley.consortium.lead.id
    await activate(lead, await make_offer(valley.consortium.id, "skilift"))
    done = await officer.graphql(REPORT, o=global_id("Organization", lead))
    assert done["data"]["reportLift"]["userErrors"] == []
    await run_jobs()
    return officer


async def test_the_shops_checkout_passes(valley, lifts, run_jobs):
    placed = await valley.place((valley.cheese, 2), (valley.bread, 1))
    await run_jobs()
    async with valley.host.unit_of_work() as uow:
        order = await orders.by_secret(uow, placed.secret)
    assert order.row.state == "confirmed"
    assert len(order.parts) == 2


async def test_pages_serve(lifts, visit):
    visitor = await visit()
    for path in ("/", "/sign-in", "/health/ready"):
        assert (await visitor.get(path, follow_redirects=True)).status_code == 200
    lifts_page = await visitor.get("/lifts")
    assert lifts_page.status_code == (404 if ABSENT else 200)
    assert (await lifts.get("/office")).status_code == 200


async def test_the_api_serves(valley, lifts):
    answer = await lifts.graphql("{ me { name actingFor { name } } }")
    assert answer["data"]["me"]["actingFor"]["name"] == valley.consortium.lead.name
    field = await lifts.graphql("{ me { actingFor { name openLifts } } }")
    if ABSENT:
        assert field["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID"
        return
    acting = field["data"]["me"]["actingFor"]
    assert acting["name"] == valley.consortium.lead.name
    assert acting["openLifts"] == (None if CASE in {"resolver", "late answer"} else 1)


async def test_the_health_page_names_it(valley, lifts, visit):
    await lifts.graphql("{ me { actingFor { openLifts } } }")
    office = await visit(valley.consortium.officer)
    page = await office.get("/office/plugins?lang=en")
    assert page.status_code == 200
    assert "skilift" in page.text if ABSENT else "Lift reports" in page.text
    if SAID:
        assert SAID in page.text
    others = [error.plugin for error in valley.host.registry.set_aside]
    assert others == (["skilift"] if ABSENT else [])
