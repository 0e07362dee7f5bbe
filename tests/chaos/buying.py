"""A shopper who orders by the API and tries again, with the same key, whatever falls meanwhile."""

from __future__ import annotations

import asyncio

from arengo_core.ids import new_id

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


async def _asked(program, query, **variables):
    """Ask until there is an answer, as a shopper tries again."""
    while True:
        answer = await program.ask(query, **variables)
        if answer is not None and not _says_later(answer):
            assert "errors" not in answer, answer
            [payload] = answer["data"].values()
            assert not payload.get("userErrors"), payload
            return payload
        await asyncio.sleep(0.2)


def _says_later(answer):
    faults = [answer["error"]["code"]] if "error" in answer else []
    faults += [error["extensions"]["code"] for error in answer.get("errors", [])]
    return "UNAVAILABLE" in faults


async def buy(program, variant):
    """Order one piece, to be paid at the counter; the number that the shopper is told."""
    cart = (await _asked(program, CREATE))["cart"]["secret"]
    await _asked(program, ADD, cart=cart, variant=variant)
    [shop] = (await _asked(program, OPTIONS, cart=cart))["shops"]
    choice = {"merchantId": shop["merchantId"], "key": shop["deliveryOptions"][0]["key"]}
    await _asked(program, CHECKOUT, cart=cart, contact=CONTACT, delivery=[choice])
    return (await _asked(program, PLACE, cart=cart, key=new_id().hex))["number"]
