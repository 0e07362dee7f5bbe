"""GraphQL of payments: the same services, the same rights."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from arengo_core.api.scalars import global_id
from arengo_core.ids import new_id
from arengo_marketplace.testing import new_vat_number

PAYMENTS = """query ($id: ID!, $after: String) {
  payments(consortiumId: $id, first: 2, after: $after) {
    nodes { id state method amount { amount } parts { label } refunds { state } }
    pageInfo { hasNextPage endCursor }
  }
}"""
REFUND = """mutation ($input: RefundInput!, $key: String!) {
  refundPayment(input: $input, idempotencyKey: $key) {
    refund { id state amount { amount } } userErrors { code field message }
  }
}"""
RECEIVED = """mutation ($payment: ID!, $order: ID!) {
  receivedAtCounter(paymentId: $payment, merchantOrderId: $order) {
    done userErrors { code }
  }
}"""
ACCOUNT = """mutation ($id: ID!, $input: CollectingAccountInput!) {
  chooseCollectingAccount(consortiumId: $id, input: $input) {
    account { name gateway takesCards secretKey } userErrors { code field }
  }
}"""


@pytest.fixture
def ids(valley):
    def make(payment, shop=0):
        merchant = (valley.bakery, valley.dairy)[shop]
        return {
            "paymentId": global_id("Payment", payment.id),
            "merchantId": global_id("Organization", merchant.id),
            "merchantOrderId": global_id("MerchantOrder", valley.orders[payment.order_id][shop]),
        }

    return make


async def test_officers_list_payments_page_by_page(valley, visit):
    for _ in range(3):
        await valley.prepare()
    officer = await visit(valley.consortium.officer)
    consortium = global_id("Organization", valley.id)
    first = (await officer.graphql(PAYMENTS, id=consortium))["data"]["payments"]
    assert [node["amount"]["amount"] for node in first["nodes"]] == [2000, 2000]
    assert first["nodes"][0]["parts"] == [{"label": "Panificio"}, {"label": "Latteria"}]
    assert first["pageInfo"]["hasNextPage"]
    rest = await officer.graphql(PAYMENTS, id=consortium, after=first["pageInfo"]["endCursor"])
    rest = rest["data"]["payments"]
    assert len(rest["nodes"]) == 1
    assert not {n["id"] for n in rest["nodes"]} & {n["id"] for n in first["nodes"]}
    baker = await visit(valley.bakery.person)
    refused = await baker.graphql(PAYMENTS, id=consortium)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_payment_is_its_officers_alone(valley, visit):
    payment = await valley.prepare()
    query, value = (
        "query ($id: ID!) { payment(id: $id) { state } }",
        global_id("Payment", payment.id),
    )
    officer, baker = await visit(valley.consortium.officer), await visit(valley.bakery.person)
    assert (await officer.graphql(query, id=value))["data"]["payment"] == {"state": "pending"}
    assert (await baker.graphql(query, id=value))["data"]["payment"] is None
    hidden = await (await visit()).graphql(query, id=value)
    assert hidden["errors"][0]["message"].startswith("Cannot query field 'payment'")


async def test_a_merchant_refunds_its_own_order_once(valley, visit, ids, run_jobs):
    payment = await valley.paid()
    baker = await visit(valley.bakery.person)
    asked = {**ids(payment), "amount": 500, "reason": "Rotto"}
    key = f"refund-{new_id()}"
    for _ in range(2):
        answer = await baker.graphql(REFUND, input=asked, key=key)
        assert answer["data"]["refundPayment"]["userErrors"] == []
    await run_jobs()
    assert (await valley.balances())["bakery"] == -750
    other = await baker.graphql(
        REFUND, input={**ids(payment, 1), "amount": 500}, key=f"refund-{new_id()}"
    )
    assert other["data"]["refundPayment"]["userErrors"][0]["code"] == "FORBIDDEN"
    too_much = await baker.graphql(
        REFUND, input={**asked, "amount": 5000}, key=f"refund-{new_id()}"
    )
    [error] = too_much["data"]["refundPayment"]["userErrors"]
    assert (error["code"], error["field"]) == ("REFUND_TOO_HIGH", "amount")
    for changed, key, field in (
        ({"currency": "USD"}, f"refund-{new_id()}", "amount"),
        ({}, "", "idempotencyKey"),
    ):
        refused = await baker.graphql(REFUND, input={**asked, **changed}, key=key)
        [error] = refused["data"]["refundPayment"]["userErrors"]
        assert (error["code"], error["field"]) == ("INVALID", field)
    await run_jobs()
    assert await valley.balances() == {"gateway": 1500, "bakery": -750, "dairy": -750}


async def test_the_counter_by_graphql(valley, visit, ids):
    payment = await valley.prepare(method="counter")
    asked = ids(payment)
    variables = {"payment": asked["paymentId"], "order": asked["merchantOrderId"]}
    dairy = await visit(valley.dairy.person)
    refused = await dairy.graphql(RECEIVED, **variables)
    assert refused["data"]["receivedAtCounter"]["userErrors"][0]["code"] == "NOT_FOUND"
    hidden = await (await visit()).graphql(RECEIVED, **variables)
    assert hidden["errors"][0]["message"].startswith("Cannot query field 'receivedAtCounter'")
    assert (await valley.parts(payment.id))[0].paid_at is None
    baker = await visit(valley.bakery.person)
    done = await baker.graphql(RECEIVED, **variables)
    assert done["data"]["receivedAtCounter"] == {"done": True, "userErrors": []}
    assert (await valley.parts(payment.id))[0].paid_at is not None


async def test_money_of_a_merchant_and_dues_of_a_consortium(valley, visit):
    await valley.paid()
    baker, officer = await visit(valley.bakery.person), await visit(valley.consortium.officer)
    money = "query ($id: ID!) { merchantMoney(merchantId: $id) { due { amount } parts { label } } }"
    mine = await baker.graphql(money, id=global_id("Organization", valley.bakery.id))
    assert mine["data"]["merchantMoney"] == {
        "due": {"amount": 1250},
        "parts": [{"label": "Panificio"}],
    }
    theirs = await baker.graphql(money, id=global_id("Organization", valley.dairy.id))
    assert theirs["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    dues = "query ($id: ID!) { moneyDue(consortiumId: $id) { merchantName amount { amount } } }"
    found = await officer.graphql(dues, id=global_id("Organization", valley.id))
    assert [row["amount"]["amount"] for row in found["data"]["moneyDue"]] == [750, 1250]


async def test_an_account_is_chosen_and_tested(valley, visit):
    officer, baker = await visit(valley.consortium.officer), await visit(valley.bakery.person)
    consortium = global_id("Organization", valley.id)
    given = {
        "gateway": "stripe",
        "companyName": "Cooperativa Valle",
        "vatNumber": new_vat_number(),
        "secretKey": valley.standin.secret_key,
        "webhookSecret": valley.standin.webhook_secret,
        "apiBase": valley.standin.base_url,
    }
    refused = await baker.graphql(ACCOUNT, id=consortium, input=given)
    errors = refused["data"]["chooseCollectingAccount"]["userErrors"]
    assert errors[0]["code"] == "FORBIDDEN"
    public = {**given, "isPublicAdministration": True}
    answer = await officer.graphql(ACCOUNT, id=consortium, input=public)
    errors = answer["data"]["chooseCollectingAccount"]["userErrors"]
    assert errors == [{"code": "PUBLIC_PAYEE", "field": "organization"}]
    answer = await officer.graphql(ACCOUNT, id=consortium, input=given)
    account = answer["data"]["chooseCollectingAccount"]["account"]
    assert (account["name"], account["takesCards"]) == ("Cooperativa Valle", True)
    assert valley.standin.secret_key not in account["secretKey"]
    test = "mutation ($id: ID!) { testPaymentGateway(consortiumId: $id) { works detail } }"
    tested = await officer.graphql(test, id=consortium)
    assert tested["data"]["testPaymentGateway"] == {"works": True, "detail": ""}


async def test_a_payout_by_graphql(valley, visit):
    await valley.paid()
    officer = await visit(valley.consortium.officer)
    payout = """mutation ($c: ID!, $m: ID!, $amount: Int!, $key: String!) {
      recordPayout(consortiumId: $c, merchantId: $m, amount: $amount, paidOn: "2026-01-31",
        idempotencyKey: $key) { payoutId userErrors { field } } }"""
    variables = {
        "c": global_id("Organization", valley.id),
        "m": global_id("Organization", valley.bakery.id),
    }
    key = f"payout-{new_id()}"
    first = await officer.graphql(payout, amount=1250, key=key, **variables)
    again = await officer.graphql(payout, amount=1250, key=key, **variables)
    assert first == again
    assert (await valley.balances())["bakery"] == 0
    more = await officer.graphql(payout, amount=1, key=f"payout-{new_id()}", **variables)
    assert more["data"]["recordPayout"]["userErrors"] == [{"field": "amount"}]


async def test_lists_take_as_many_statements_for_three_rows_as_for_one(
    valley, visit, host, make_merchant, activate
):
    officer = await visit(valley.consortium.officer)
    consortium = global_id("Organization", valley.id)
    dues = "query ($id: ID!) { moneyDue(consortiumId: $id) { merchantName } }"
    statements: list[str] = []

    def count(_connection, _cursor, statement, *_):
        statements.append(statement)

    async def asked(query) -> int:
        statements.clear()
        event.listen(host.engine.sync_engine, "before_cursor_execute", count)
        try:
            answer = await officer.graphql(query, id=consortium)
        finally:
            event.remove(host.engine.sync_engine, "before_cursor_execute", count)
        assert "errors" not in answer
        return len([text for text in statements if "set_config" not in text])

    whole = PAYMENTS.replace("first: 2", "first: 24")
    await valley.paid()
    one = await asked(whole), await asked(dues)
    valley.dairy = await make_merchant(valley.id, valley.consortium.lead.id, name="Terza bottega")
    await activate(valley.dairy.id, valley.offer)
    await valley.paid()
    await valley.paid()
    assert (await asked(whole), await asked(dues)) == one == (4, 3)
