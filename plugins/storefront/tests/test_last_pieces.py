"""The last pieces over HTTP, against two server processes: as many are sold as there are."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest_asyncio

from arengo_core.api.scalars import global_id
from arengo_core.cli.supervisor import free_port
from arengo_core.settings import REQUEST_LIMITS

BUYERS, PIECES = 64, 10
CREATE = "mutation { createCart { cart { secret } userErrors { message } } }"
ADD = """mutation ($cart: String!, $variant: ID!) {
  addToCart(cart: $cart, variantId: $variant) { userErrors { code } } }"""
CONTACT = """mutation ($cart: String!, $contact: ContactInput!) {
  setCheckout(cart: $cart, contact: $contact) { userErrors { code } } }"""
PLACE = """mutation ($cart: String!, $key: String!) {
  placeOrder(cart: $cart, method: "counter", accepted: true, idempotencyKey: $key) {
    number userErrors { code } } }"""
ANNA = {"name": "Anna Prova", "email": "anna@example.it"}


@contextmanager
def _serving(settings: dict[str, str]) -> Iterator[None]:
    """``arengo serve`` as a process of its own."""
    command = [sys.executable, "-m", "arengo_core.cli.main", "serve"]
    process = subprocess.Popen(command, env=settings, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=180)


@pytest_asyncio.fixture(loop_scope="session")
async def two_servers(database, tmp_path) -> AsyncIterator[str]:
    """A server on the tests' database, with two processes that take requests."""
    port = free_port()
    known = {name: text for name, text in os.environ.items() if not name.startswith("ARENGO_")}
    own = {
        "ARENGO_DATA_DIR": str(tmp_path),
        "ARENGO_SECRET_KEY": "last-pieces-" + "s" * 40,
        "ARENGO_DATABASE_URL": database.app,
        "ARENGO_PORT": str(port),
        "ARENGO_WORKERS": "2",
        "ARENGO_PLUGIN_TIME_LIMIT": "120",
        "ARENGO_STATEMENT_TIME_LIMIT": "300",
        "ARENGO_PAGE_TIME_LIMIT": "600",
        **{f"ARENGO_{name.upper()}": "0" for name in REQUEST_LIMITS},
    }
    address = f"http://127.0.0.1:{port}"
    with _serving({**known, **own}):
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
            await _until_ready(client)
        yield address


async def _until_ready(client: httpx.AsyncClient) -> None:
    for _ in range(3_000):
        with suppress(httpx.TransportError):
            if (await client.get("/health/ready")).status_code == 200:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the server is not ready after five minutes")


class _Buyer:
    """A guest with a connection of her own."""

    def __init__(self, address: str) -> None:
        self.client = httpx.AsyncClient(base_url=address, trust_env=False, timeout=600)
        self.cart = ""

    async def ask(self, query: str, **variables: object) -> dict:
        """The one field's answer."""
        body = {"query": query, "variables": variables}
        answer = (await self.client.post("/graphql", json=body)).json()
        while "UNAVAILABLE" in str(answer):  # connections to the database are few, tries many
            await asyncio.sleep(0.1)
            answer = (await self.client.post("/graphql", json=body)).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        return payload

    async def fill(self, variant: str) -> None:
        """Everything before the order."""
        self.cart = (await self.ask(CREATE))["cart"]["secret"]
        added = await self.ask(ADD, cart=self.cart, variant=variant)
        told = await self.ask(CONTACT, cart=self.cart, contact=ANNA)
        assert added["userErrors"] == told["userErrors"] == []

    async def order(self) -> str:
        """The order's number, or why there is none."""
        placed = await self.ask(PLACE, cart=self.cart, key=f"last-pieces-{self.cart[:40]}")
        return placed["number"] or placed["userErrors"][0]["code"]


async def test_sixty_four_checkouts_over_http_sell_the_last_ten(valley, two_servers):
    goods = await valley.sell(valley.dairy, "Ultime dieci forme", stock=PIECES)
    buyers = [_Buyer(two_servers) for _ in range(BUYERS)]
    try:
        variant = global_id("Variant", goods.variant_id)
        await asyncio.gather(*(buyer.fill(variant) for buyer in buyers))
        answers = await asyncio.gather(*(buyer.order() for buyer in buyers))
    finally:
        await asyncio.gather(*(buyer.client.aclose() for buyer in buyers))

    refused = Counter(answer for answer in answers if "-" not in answer)
    assert refused == {"OUT_OF_STOCK": BUYERS - PIECES}
    assert len({answer for answer in answers if "-" in answer}) == PIECES
    assert await valley.left(goods) == (0, 0)
    assert await valley.movements(goods) == {"counted": PIECES, "sold": -PIECES}
