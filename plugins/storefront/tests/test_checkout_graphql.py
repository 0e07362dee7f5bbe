"""A guest's whole checkout in six requests, and what each of them costs in SQL."""

from __future__ import annotations

import pytest

from arengo_core.api.scalars import global_id

CREATE = "mutation { createCart { cart { secret } userErrors { message } } }"
ADD = """mutation ($cart: String!, $variant: ID!, $quantity: Int!) {
  addToCart(cart: $cart, variantId: $variant, quantity: $quantity) {
    cart { count total { amount } shops { name lines { title quantity available } } }
    userErrors { code field message } } }"""
SET = """mutation ($cart: String!, $contact: ContactInput!) {
  setCheckout(cart: $cart, contact: $contact) {
    total { amount } delivery { amount } paymentMethods userErrors { code field message } } }"""
WAYS = """query ($cart: String!) {
  cart(secret: $cart) { shops { name deliveryOptions { key kind price { amount } } } } }"""
PLACE = """mutation ($cart: String!, $key: String!, $total: Int) {
  placeOrder(cart: $cart, method: "counter", accepted: true, idempotencyKey: $key,
             expectedTotal: $total) {
    number secret total { amount } paymentUrl userErrors { code field message } } }"""
ORDER = """query ($secret: String!) {
  order(secret: $secret) { number state total { amount } isPaid
    merchantOrders { number state seller total { amount } vat { rate vat { amount } }
                     lines { name quantity unitPrice { amount } } } } }"""
CONTACT = {"name": "Anna Prova", "email": "anna@example.it"}


async def _checkout(visitor, valley, key="key-of-six-requests"):
    made = await visitor.graphql(CREATE)
    cart = made["data"]["createCart"]["cart"]["secret"]
    for goods in (valley.cheese, valley.bread):
        variant = global_id("Variant", goods.variant_id)
        added = await visitor.graphql(ADD, cart=cart, variant=variant, quantity=1)
        assert added["data"]["addToCart"]["userErrors"] == []
    told = await visitor.graphql(SET, cart=cart, contact=CONTACT)
    total = told["data"]["setCheckout"]["total"]["amount"]
    placed = await visitor.graphql(PLACE, cart=cart, key=key, total=total)
    secret = placed["data"]["placeOrder"]["secret"]
    order = await visitor.graphql(ORDER, secret=secret)
    return cart, told, placed, order["data"]["order"]


async def test_six_requests_make_an_order_of_two_shops(valley, visit):
    visitor = await visit()
    _, told, placed, order = await _checkout(visitor, valley)
    assert told["data"]["setCheckout"]["paymentMethods"] == ["counter"]
    assert placed["data"]["placeOrder"]["userErrors"] == []
    assert placed["data"]["placeOrder"]["paymentUrl"] is None
    assert (order["state"], order["total"]["amount"]) == ("confirmed", 1250 + 320)
    assert [part["seller"] for part in order["merchantOrders"]] == [
        "Latteria Prova",
        "Forno Prova",
    ]
    assert await valley.left(valley.cheese) == (19, 0)


async def test_a_whole_checkout_is_forty_one_statements(valley, visit, statements):
    """Scopes aside; whatever the number of shops' other goods and orders."""
    visitor = await visit()
    await _checkout(visitor, valley)
    await valley.sell(valley.dairy, "Altro", stock=5)
    counts = []

    class Counting:
        async def graphql(self, query, **variables):
            statements.clear()
            answer = await visitor.graphql(query, **variables)
            counts.append(len(statements))
            return answer

    _, _, placed, _ = await _checkout(Counting(), valley, key="key-that-is-counted")
    assert placed["data"]["placeOrder"]["userErrors"] == []
    assert counts == [2, 4, 3, 7, 21, 4]


@pytest.mark.parametrize("count", [1, 2])
async def test_ways_of_delivery_take_eight_statements_whatever_the_number_of_shops(
    valley, visit, statements, make_offer, activate, count
):
    offer = await make_offer(valley.consortium.id, "delivery")
    for merchant in (valley.dairy, valley.bakery):
        await activate(merchant.id, offer)
    visitor = await visit()
    cart = (await visitor.graphql(CREATE))["data"]["createCart"]["cart"]["secret"]
    for goods in (valley.cheese, valley.bread)[:count]:
        variant = global_id("Variant", goods.variant_id)
        await visitor.graphql(ADD, cart=cart, variant=variant, quantity=1)
    statements.clear()
    answer = await visitor.graphql(WAYS, cart=cart)
    assert len(statements) == 8, statements
    shops = answer["data"]["cart"]["shops"]
    assert [[way["kind"] for way in shop["deliveryOptions"]] for shop in shops] == [
        ["shop"]
    ] * count


async def test_a_list_of_orders_is_two_statements_whatever_its_length(valley, visit, statements):
    visitor = await visit(valley.dairy.person)
    query = """query ($o: ID!) { merchantOrders(organizationId: $o) {
      nodes { number lines { name } vat { rate } } pageInfo { hasNextPage } } }"""
    organization = global_id("Organization", valley.dairy.id)
    counts = []
    for _ in (1, 2, 3):
        await valley.place((valley.cheese, 1))
        await visitor.graphql(query, o=organization)
        statements.clear()
        listed = await visitor.graphql(query, o=organization)
        own = [one for one in statements if "storefront." in one]
        counts.append((len(listed["data"]["merchantOrders"]["nodes"]), len(own)))
    assert counts == [(1, 2), (2, 2), (3, 2)]


async def test_user_errors_name_field_and_code(valley, visit):
    visitor = await visit()
    cart = (await visitor.graphql(CREATE))["data"]["createCart"]["cart"]["secret"]
    variant = global_id("Variant", valley.cheese.variant_id)
    cases = [
        ({"cart": "nonsense", "variant": variant, "quantity": 1}, "cart", "NOT_FOUND"),
        ({"cart": cart, "variant": "nonsense", "quantity": 1}, "variantId", "INVALID"),
        ({"cart": cart, "variant": variant, "quantity": 0}, "quantity", "INVALID"),
        ({"cart": cart, "variant": variant, "quantity": 21}, "quantity", "OUT_OF_STOCK"),
    ]
    for variables, field, code in cases:
        answer = await visitor.graphql(ADD, **variables)
        (mistake,) = answer["data"]["addToCart"]["userErrors"]
        assert (mistake["field"], mistake["code"]) == (field, code), mistake
    empty = await visitor.graphql(PLACE, cart=cart, key="key-empty-cart", total=0)
    (mistake,) = empty["data"]["placeOrder"]["userErrors"]
    assert mistake["code"] == "CART_EMPTY"
    unknown = await visitor.graphql(ORDER, secret="nobody")
    assert unknown["data"]["order"] is None


async def test_the_merchant_works_through_the_api(valley, visit):
    await valley.place((valley.cheese, 2))
    visitor = await visit(valley.dairy.person)
    organization = global_id("Organization", valley.dairy.id)
    listed = await visitor.graphql(
        """query ($o: ID!) { merchantOrders(organizationId: $o, show: "open") {
             nodes { id state lines { id quantity } } } }""",
        o=organization,
    )
    (order,) = listed["data"]["merchantOrders"]["nodes"]
    for mutation, state in (
        ("prepareOrder", "preparing"),
        ("markOrderReady", "ready"),
    ):
        answer = await visitor.graphql(
            f"""mutation ($o: ID!, $id: ID!) {{ {mutation}(organizationId: $o, id: $id) {{
                  merchantOrder {{ state }} userErrors {{ message }} }} }}""",
            o=organization,
            id=order["id"],
        )
        assert answer["data"][mutation]["merchantOrder"]["state"] == state
    refused = await visitor.graphql(
        """mutation ($o: ID!, $id: ID!) { handOverOrder(organizationId: $o, id: $id) {
             userErrors { field } } }""",
        o=organization,
        id=order["id"],
    )
    assert refused["data"]["handOverOrder"]["userErrors"] == [{"field": "received"}]
    stranger = await visit(valley.bakery.person)
    answer = await stranger.graphql(
        """mutation ($o: ID!, $id: ID!) { prepareOrder(organizationId: $o, id: $id) {
             userErrors { code } } }""",
        o=organization,
        id=order["id"],
    )
    assert answer["data"]["prepareOrder"]["userErrors"] == [{"code": "FORBIDDEN"}]
