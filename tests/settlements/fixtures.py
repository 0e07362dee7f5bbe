"""Fixtures that the tests of usage, settlements and the ledger share."""

from __future__ import annotations

from functools import partial

import pytest
import pytest_asyncio

from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.testing.statements import counting
from tests.settlements.valley import OPENING, PLAN, RULE, Bells, Valley


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings, database):
    made = Host.create(settings, load_plugins(extra=[("bells", Bells())]), database.app)
    yield made
    await made.close()


@pytest.fixture
def make_valley(host, make_consortium, make_offer, activate, move_clock):
    """``await make_valley()``: since August 2026, with the service active in all four towns.

    The clock stands on the day of opening.
    """

    async def make(forecast: str = "0", **terms) -> Valley:
        move_clock(OPENING)
        made = await make_consortium(starts_on=OPENING.date())
        terms = {"price_plan": PLAN.to_json(), "cost_rule": RULE.to_json()} | terms
        offer = await make_offer(made.id, "bell", **terms)
        for town in made.municipalities:
            await activate(town.id, offer, forecast={"bell.strokes": forecast})
        return Valley(host, made.id, made.municipalities, offer, made.officer, made.lead_officer)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def valley(make_valley):
    """A valley of its own for a test."""
    return await make_valley()


@pytest.fixture
def count_statements(host):
    """``with count_statements() as seen``: the SQL statements that the host runs meanwhile."""

    return partial(counting, host)
