"""What is measured: the requests that a busy market makes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.client import Connection

LIST = """query($after: String) { products(first: 24, after: $after,
  filter: {consortium: "valmalenco"}) { pageInfo { endCursor } nodes { id name slug price { amount
  currency } shopName town inStock variants { id name price { amount } available } } } }"""
_PRODUCT = """query($shop: String!, $slug: String!) { product(shop: $shop, slug: $slug) { id name
  description price { amount currency } vatRate inStock shopName
  variants { id sku name price { amount } weightGrams available } } }"""
_SEARCH = """query($text: String!) { search(text: $text, first: 24,
  filter: {consortium: "valmalenco"}) { nodes { id name slug price { amount } shopName inStock
  variants { id available } } } }"""
_CATALOGUE = """query($after: String) { products(first: 100, after: $after,
  filter: {consortium: "valmalenco"}) { pageInfo { hasNextPage endCursor }
  nodes { slug path shopName variants { id } } } }"""
_ADD = """mutation($cart: String!, $variant: ID!) { addToCart(cart: $cart, variantId: $variant,
  quantity: 1) { cart { secret total { amount } } userErrors { message } } }"""
_CREATE = "mutation { createCart { cart { secret } userErrors { message } } }"
_DELIVERY = """query($cart: String!) { cart(secret: $cart) { shops { merchantId
  deliveryOptions { key kind price { amount } } } } }"""
_CHECKOUT = """mutation($cart: String!, $contact: ContactInput!, $delivery: [DeliveryChoice!]!) {
  setCheckout(cart: $cart, contact: $contact, delivery: $delivery) {
  total { amount } paymentMethods userErrors { message } } }"""
_PLACE = """mutation($cart: String!, $key: String!, $method: String!) { placeOrder(cart: $cart,
  method: $method, accepted: true, idempotencyKey: $key) { number secret paymentUrl
  userErrors { message } } }"""
_WORDS = ("formaggio", "miele", "pane", "bresaola", "pizzochieri", "marmellata", "lana", "caffè")
_CONTACT = {"name": "Ada Prova", "email": "ada@example.it", "phone": "0342000000"}

Step = Callable[[Connection, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Good:
    """A product to ask for and to buy."""

    shop: str
    slug: str
    variant: str


async def catalogue(connection: Connection) -> list[Good]:
    """Every product on sale."""
    goods: list[Good] = []
    after = None
    while True:
        page = (await connection.graphql(_CATALOGUE, {"after": after}))["products"]
        for node in page["nodes"]:
            shop = node["path"].split("/")[2]
            goods.append(Good(shop, node["slug"], node["variants"][0]["id"]))
        if not page["pageInfo"]["hasNextPage"]:
            return goods
        after = page["pageInfo"]["endCursor"]


def reading(goods: list[Good]) -> dict[str, Step]:
    """List of 24 with variants and stock, one product by its slug, a search."""

    async def listing(connection: Connection, _number: int) -> None:
        data = await connection.graphql(LIST)
        assert len(data["products"]["nodes"]) == 24

    async def product(connection: Connection, number: int) -> None:
        good = goods[number % len(goods)]
        data = await connection.graphql(_PRODUCT, {"shop": good.shop, "slug": good.slug})
        assert data["product"]["variants"]

    async def search(connection: Connection, number: int) -> None:
        await connection.graphql(_SEARCH, {"text": _WORDS[number % len(_WORDS)]})

    return {"list of 24": listing, "product by slug": product, "search": search}


def checkout(goods: list[Good], method: str) -> Step:
    """A guest buys one line from each of two shops: six requests.

    By card the last of them opens the gateway's hosted page, and its address is the answer.
    """
    by_shop: dict[str, list[Good]] = {}
    for good in goods:
        by_shop.setdefault(good.shop, []).append(good)
    names = sorted(by_shop)

    async def buy(connection: Connection, number: int) -> None:
        chance = random.Random(number)
        first, second = chance.sample(names, 2)
        made = await connection.graphql(_CREATE)
        cart = made["createCart"]["cart"]["secret"]
        for shop in (first, second):
            variant = chance.choice(by_shop[shop]).variant
            await connection.graphql(_ADD, {"cart": cart, "variant": variant})
        asked: dict[str, Any] = (await connection.graphql(_DELIVERY, {"cart": cart}))["cart"]
        delivery = [
            {"merchantId": place["merchantId"], "key": _pick_up(place["deliveryOptions"])}
            for place in asked["shops"]
        ]
        await connection.graphql(
            _CHECKOUT, {"cart": cart, "contact": _CONTACT, "delivery": delivery}
        )
        placed = await connection.graphql(
            _PLACE, {"cart": cart, "key": uuid.uuid4().hex, "method": method}
        )
        assert placed["placeOrder"]["number"]
        assert bool(placed["placeOrder"]["paymentUrl"]) == (method == "card")

    return buy


def _pick_up(options: list[dict[str, Any]]) -> str:
    """Fetching it at the shop: the way that needs nothing else."""
    return min(options, key=lambda option: option["price"]["amount"])["key"]
