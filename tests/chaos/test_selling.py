"""The shop sells beside a plugin that misbehaves; no order is lost when it fells the server."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.ids import new_id
from tests.valley import make_valley

__all__ = ["make_valley"]

CONTACT = {"name": "Anna Prova", "email": "anna@example.it", "phone": "0342000000"}
CREATE = "mutation { createCart { cart { secret } userErrors { message } } }"
ADD = """mutation($cart: String!, $variant: ID!) { addToCart(cart: $cart, variantId: $variant,
  quantity: 1) { userErrors { message } } }"""
OPTIONS = """query($cart: String!) { cart(secret: $cart) { shops { merchantId
  deliveryOptions { key } } } }"""
CHECKOUT = """mutation($cart: String!, $contact: ContactInput!, $delivery: [DeliveryChoice!]!) {
  setCheckout(cart: $cart, contact: $contact, delivery: $delivery) { userErrors { message } } }"""
PLACE = """mutation($cart: String!, $key: String!) { placeOrder(cart: $cart, method: "counter",
  accepted: true, idempotencyKey: $key) { number userErrors { code message } } }"""


@pytest.fixture
def host(fresh_host):
    """A database of its own, in which every order is ours."""
    return fresh_host


async def _asked(program, query, **variables):
    """Ask until there is an answer, as a shopper tries again."""
    while True:
        answer = await program.ask(query, **variables)
        if answer is not None:
            assert "errors" not in answer, answer
            [payload] = answer["data"].values()
            assert not payload.get("userErrors"), payload
            return payload
        await asyncio.sleep(0.2)


async def _buy(program, variant):
    cart = (await _asked(program, CREATE))["cart"]["secret"]
    await _asked(program, ADD, cart=cart, variant=variant)
    [shop] = (await _asked(program, OPTIONS, cart=cart))["shops"]
    choice = {"merchantId": shop["merchantId"], "key": shop["deliveryOptions"][0]["key"]}
    await _asked(program, CHECKOUT, cart=cart, contact=CONTACT, delivery=[choice])
    return (await _asked(program, PLACE, cart=cart, key=new_id().hex))["number"]


async def _misbehave(program, deed):
    while True:
        await program.ask(f"{{ chaos {{ {deed} }} }}")
        await asyncio.sleep(0.05)


async def _sell(program, variant, deed, buyers):
    wrongs = [asyncio.create_task(_misbehave(program, deed)) for _ in range(3)]
    await asyncio.sleep(0.5)
    try:
        async with asyncio.timeout(90):
            return await asyncio.gather(*(_buy(program, variant) for _ in range(buyers)))
    finally:
        for wrong in wrongs:
            wrong.cancel()


async def _orders(host, merchant):
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        return await uow.session.scalar(text("select count(*) from storefront.merchant_order"))


async def test_the_shop_sells_beside_a_misbehaving_plugin(host, make_valley, running):
    valley = await make_valley()
    variant = str(global_id("Variant", valley.cheese.variant_id))
    async with running("serve", on=host, plugin_time_limit="1") as program:
        await program.back(60)
        for deed in ("fail", "sleep", "sleepInAThread", "slowSql"):
            numbers = await _sell(program, variant, deed, 3)
            assert len(set(numbers)) == 3, deed
        recorded = await program.fetch("select message from core.plugin_failure")
        kinds = {row["message"].split(":")[0] for row in recorded}
        assert {"RuntimeError", "late answer", "slow SQL"} <= kinds
    assert await _orders(host, valley.dairy.id) == 12


async def test_no_order_is_lost_or_doubled_when_the_server_falls(host, make_valley, running):
    valley = await make_valley()
    variant = str(global_id("Variant", valley.cheese.variant_id))
    async with running("serve", on=host, standstill_limit="1") as program:
        await program.back(60)
        buying = [asyncio.create_task(_buy(program, variant)) for _ in range(6)]
        await asyncio.sleep(0.2)
        assert await program.ask("{ chaos { block } }") is None
        numbers = await asyncio.gather(*buying)
    assert len(set(numbers)) == 6
    assert await _orders(host, valley.dairy.id) == 6
