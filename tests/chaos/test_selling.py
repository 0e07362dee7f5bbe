"""The shop sells beside a plugin that misbehaves; no order is lost when it fells the server."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from tests.chaos.buying import buy
from tests.valley import make_valley

__all__ = ["make_valley"]

DEEDS = {
    "fail": "RuntimeError",
    "sleep": "late answer",
    "sleepInAThread": "late answer",
    "slowSql": "slow SQL",
}
"""What the plugin does wrong, and what is recorded of it."""


@pytest.fixture
def host(fresh_host):
    """A database of its own, in which every order is ours."""
    return fresh_host


async def _misbehave(program, deed):
    while True:
        await program.ask(f"{{ chaos {{ {deed} }} }}")
        await asyncio.sleep(0.05)


async def _recorded(program, kind):
    while True:
        rows = await program.fetch("select message from core.plugin_failure where plugin = 'chaos'")
        if any(row["message"].startswith(kind) for row in rows):
            return
        await asyncio.sleep(0.1)


async def _sell(program, variant, deed, kind, buyers):
    """Orders placed while a deed is done again and again, until it was recorded."""
    wrongs = [asyncio.create_task(_misbehave(program, deed)) for _ in range(3)]
    await asyncio.sleep(0.5)
    try:
        async with asyncio.timeout(600):
            numbers = await asyncio.gather(*(buy(program, variant) for _ in range(buyers)))
            await _recorded(program, kind)
            return numbers
    finally:
        for wrong in wrongs:
            wrong.cancel()


async def _orders(host, merchant):
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        return await uow.session.scalar(text("select count(*) from storefront.merchant_order"))


async def test_the_shop_sells_beside_a_misbehaving_plugin(host, make_valley, running):
    valley = await make_valley()
    variant = str(global_id("Variant", valley.cheese.variant_id))
    async with running("serve", on=host, plugin_time_limit="5") as program:
        await program.back()
        for deed, kind in DEEDS.items():
            numbers = await _sell(program, variant, deed, kind, 3)
            assert len(set(numbers)) == 3, deed
    assert await _orders(host, valley.dairy.id) == 12


async def test_no_order_is_lost_or_doubled_when_the_server_falls(host, make_valley, running):
    valley = await make_valley()
    variant = str(global_id("Variant", valley.cheese.variant_id))
    async with running("serve", on=host, standstill_limit="10") as program:
        await program.back()
        buying = [asyncio.create_task(buy(program, variant)) for _ in range(6)]
        await asyncio.sleep(0.2)
        assert await program.ask("{ chaos { block } }") is None
        numbers = await asyncio.gather(*buying)
    assert len(set(numbers)) == 6
    assert await _orders(host, valley.dairy.id) == 6
