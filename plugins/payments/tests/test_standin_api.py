"""The stand-in's answers, each checked against Stripe's own description of its API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from arengo_payments.testing import APPROVED, DECLINED, THREE_D_SECURE

SESSION = {
    "mode": "payment",
    "success_url": "http://shop.test/ok?s={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://shop.test/cart",
    "client_reference_id": "order-1",
    "line_items[0][quantity]": "2",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "500",
    "line_items[0][price_data][product_data][name]": "Bitto",
    "payment_intent_data[transfer_group]": "order-1",
    "metadata[order_id]": "order-1",
}


@pytest.fixture
async def api(stripe_standin) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {stripe_standin.secret_key}"}
    async with httpx.AsyncClient(
        base_url=f"{stripe_standin.base_url}/v1", headers=headers, trust_env=False, timeout=60
    ) as client:
        yield client


async def post(api: httpx.AsyncClient, path: str, key: str | None = None, **data: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return await api.post(path, data=data, headers=headers)


async def session(api: httpx.AsyncClient, **changes: str) -> dict[str, Any]:
    answer = await post(api, "/checkout/sessions", **SESSION | changes)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def paid_intent(api: httpx.AsyncClient, **data: Any) -> dict[str, Any]:
    fields = {"amount": 1000, "currency": "eur", "confirm": "true"} | data
    answer = await post(api, "/payment_intents", payment_method="pm_card_visa", **fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def check_list(body: dict[str, Any], url: str, conforms, schema: str, count: int) -> None:
    assert (body["object"], body["url"], len(body["data"])) == ("list", url, count)
    for item in body["data"]:
        conforms(schema, item)


async def test_session_from_open_to_paid(api, stripe_standin, conforms):
    made = await session(api)
    conforms("checkout.session", made)
    assert (made["status"], made["payment_status"], made["amount_total"]) == (
        "open",
        "unpaid",
        1000,
    )
    items = (await api.get(f"/checkout/sessions/{made['id']}/line_items")).json()
    check_list(items, f"/v1/checkout/sessions/{made['id']}/line_items", conforms, "item", 1)
    assert items["data"][0]["quantity"] == 2

    await stripe_standin.pay(made["url"], DECLINED)
    retried = (await api.get(f"/checkout/sessions/{made['id']}")).json()
    conforms("checkout.session", retried)
    failed = (await api.get(f"/payment_intents/{retried['payment_intent']}")).json()
    conforms("payment_intent", failed)
    assert failed["last_payment_error"]["decline_code"] == "generic_decline"
    conforms("charge", (await api.get(f"/charges/{failed['latest_charge']}")).json())

    await stripe_standin.pay(made["url"], THREE_D_SECURE)
    paid = (
        await api.get(
            f"/checkout/sessions/{made['id']}",
            params={"expand[]": ["payment_intent.latest_charge"]},
        )
    ).json()
    conforms("checkout.session", paid)
    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    assert paid["payment_intent"]["latest_charge"]["transfer_group"] == "order-1"
    listed = (await api.get("/checkout/sessions")).json()
    check_list(listed, "/v1/checkout/sessions", conforms, "checkout.session", 1)


async def test_session_expired(api, conforms):
    made = await session(api)
    expired = (await post(api, f"/checkout/sessions/{made['id']}/expire")).json()
    conforms("checkout.session", expired)
    assert (expired["status"], expired["url"]) == ("expired", None)
    again = await post(api, f"/checkout/sessions/{made['id']}/expire")
    assert again.status_code == 400
    conforms("error", again.json())


async def test_intents_by_api(api, stripe_standin, conforms):
    made = (await post(api, "/payment_intents", amount=1000, currency="eur")).json()
    conforms("payment_intent", made)
    declined = await post(
        api, f"/payment_intents/{made['id']}/confirm", payment_method="pm_card_chargeDeclined"
    )
    assert declined.status_code == 402
    conforms("error", declined.json())
    assert declined.json()["error"]["type"] == "card_error"
    secure = await post(
        api,
        f"/payment_intents/{made['id']}/confirm",
        payment_method="pm_card_threeDSecure2Required",
        return_url="http://shop.test/back",
    )
    conforms("payment_intent", secure.json())
    assert secure.json()["status"] == "requires_action"
    url = secure.json()["next_action"]["redirect_to_url"]["url"]
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        challenge = await browser.get(url)
        assert "http://shop.test" in challenge.headers["content-security-policy"]
        done = await browser.post(url, data={"outcome": "approve"})
    assert done.headers["location"] == "http://shop.test/back"
    paid = (await api.get(f"/payment_intents/{made['id']}")).json()
    conforms("payment_intent", paid)
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 1000)
    late = await post(api, f"/payment_intents/{made['id']}/cancel")
    assert late.json()["error"]["code"] == "payment_intent_unexpected_state"
    check_list(
        (await api.get("/payment_intents")).json(),
        "/v1/payment_intents",
        conforms,
        "payment_intent",
        1,
    )


async def test_intent_cancelled(api, conforms):
    made = (await post(api, "/payment_intents", amount=1000, currency="eur")).json()
    gone = (
        await post(api, f"/payment_intents/{made['id']}/cancel", cancellation_reason="abandoned")
    ).json()
    conforms("payment_intent", gone)
    assert gone["status"] == "canceled"
    late = await post(api, f"/payment_intents/{made['id']}/confirm", payment_method="pm_card_visa")
    assert late.status_code == 400


async def test_refunds(api, conforms):
    intent = await paid_intent(api)
    part = (await post(api, "/refunds", payment_intent=intent["id"], amount=400)).json()
    conforms("refund", part)
    rest = (await post(api, "/refunds", charge=intent["latest_charge"])).json()
    assert (part["amount"], rest["amount"]) == (400, 600)
    conforms("refund", (await api.get(f"/refunds/{rest['id']}")).json())
    charge = (await api.get(f"/charges/{intent['latest_charge']}")).json()
    conforms("charge", charge)
    assert (charge["amount_refunded"], charge["refunded"]) == (1000, True)
    await paid_intent(api)
    listed = await api.get("/refunds", params={"payment_intent": intent["id"]})
    check_list(listed.json(), "/v1/refunds", conforms, "refund", 2)
    none = await post(api, "/refunds")
    assert none.json()["error"]["code"] == "parameter_missing"


async def test_connect(api, conforms):
    account = (await post(api, "/accounts", type="express", email="bottega@example.it")).json()
    conforms("account", account)
    conforms("account", (await api.get(f"/accounts/{account['id']}")).json())
    before = {"amount": 700, "currency": "eur", "destination": account["id"]}
    poor = await post(api, "/transfers", **before)
    assert poor.json()["error"]["code"] == "balance_insufficient"
    intent = await paid_intent(api, transfer_group="order-1")
    source = {**before, "source_transaction": intent["latest_charge"]}
    transfer = (await post(api, "/transfers", **source)).json()
    conforms("transfer", transfer)
    assert transfer["transfer_group"] == "order-1"
    over = await post(api, "/transfers", **source)
    assert over.status_code == 400
    listed = await api.get("/transfers", params={"transfer_group": "order-1"})
    check_list(listed.json(), "/v1/transfers", conforms, "transfer", 1)
    balance = (await api.get("/balance")).json()
    conforms("balance", balance)
    assert balance["available"][0]["amount"] == 300


async def test_customers(api, conforms):
    customer = (await post(api, "/customers", email="anna@example.it")).json()
    conforms("customer", customer)
    conforms("customer", (await api.get(f"/customers/{customer['id']}")).json())
    conforms("checkout.session", await session(api, customer=customer["id"]))
    unknown = await post(api, "/checkout/sessions", **SESSION, customer="cus_none")
    assert unknown.json()["error"]["param"] == "customer"


async def test_events_and_what_they_carry(api, stripe_standin, conforms):
    made = await session(api)
    for card in (DECLINED, THREE_D_SECURE):
        await stripe_standin.pay(made["url"], card)
    intent = (await api.get(f"/checkout/sessions/{made['id']}")).json()["payment_intent"]
    await post(api, "/refunds", payment_intent=intent)
    listed = (await api.get("/events", params={"limit": 100})).json()["data"]
    assert [event["type"] for event in reversed(listed)] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "refund.created",
        "charge.refunded",
        "refund.updated",
    ]
    for event in listed:
        carried = event["data"]["object"]
        conforms(carried["object"], carried)
        conforms("event", {**event, "data": {"object": {}}})
    one = listed[0]
    assert (await api.get(f"/events/{one['id']}")).json() == one


async def test_lists_are_paged(api):
    ids = [(await paid_intent(api))["id"] for _ in range(3)]
    first = (await api.get("/payment_intents", params={"limit": 2})).json()
    assert [item["id"] for item in first["data"]] == [ids[2], ids[1]]
    assert first["has_more"] is True
    rest = await api.get("/payment_intents", params={"limit": 2, "starting_after": ids[1]})
    assert [item["id"] for item in rest.json()["data"]] == [ids[0]]
    assert rest.json()["has_more"] is False
    future = {"created[gte]": int(time.time()) + 60}
    assert (await api.get("/payment_intents", params=future)).json()["data"] == []


async def test_replay_of_a_key(api):
    fields = {"amount": 1000, "currency": "eur"}
    first = await post(api, "/payment_intents", "key-1", **fields)
    again = await post(api, "/payment_intents", "key-1", **fields)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert len((await api.get("/payment_intents")).json()["data"]) == 1


async def test_a_key_with_other_parameters(api, conforms):
    await post(api, "/payment_intents", "key-1", amount=1000, currency="eur")
    other = await post(api, "/payment_intents", "key-1", amount=1001, currency="eur")
    assert other.status_code == 400
    conforms("error", other.json())
    assert other.json()["error"]["type"] == "idempotency_error"
    elsewhere = await post(api, "/refunds", "key-1", amount=1000, currency="eur")
    assert elsewhere.json()["error"]["type"] == "idempotency_error"


async def test_a_decline_is_replayed_and_a_bad_request_is_not(api):
    fields = {"amount": 1000, "currency": "eur", "confirm": "true"}
    declined = {**fields, "payment_method": "pm_card_chargeDeclined"}
    first = await post(api, "/payment_intents", "key-1", **declined)
    again = await post(api, "/payment_intents", "key-1", **declined)
    assert (first.status_code, again.json()) == (402, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await post(api, "/payment_intents", "key-2", amount=0)).status_code == 400
    mended = await post(api, "/payment_intents", "key-2", amount=1000, currency="eur")
    assert mended.status_code == 200


async def test_a_key_is_forgotten_after_a_day(api, stripe_standin):
    fields = {"amount": 1000, "currency": "eur"}
    first = await post(api, "/payment_intents", "key-1", **fields)
    await stripe_standin.advance_clock(24 * 60 * 60)
    later = await post(api, "/payment_intents", "key-1", **fields)
    assert later.json()["id"] != first.json()["id"]


async def test_one_key_sent_at_once_acts_once(api):
    fields = {"amount": 1000, "currency": "eur"}
    answers = await asyncio.gather(
        *(post(api, "/payment_intents", "key-1", **fields) for _ in range(8))
    )
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize("authorization", ["", "Bearer sk_test_other_key_9876", "Basic abc"])
async def test_wrong_keys_are_not_let_in(stripe_standin, conforms, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    base = stripe_standin.base_url
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=60) as client:
        answer = await client.post("/v1/payment_intents", headers=headers, data={"amount": "1"})
    assert answer.status_code == 401
    conforms("error", answer.json())
    assert "sk_test_other" not in answer.text


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"nonsense": "1"}, "nonsense", "parameter_unknown"),
        ({"line_items[0][nonsense]": "1"}, "line_items[0][nonsense]", "parameter_unknown"),
        ({"line_items[0][quantity]": "x"}, "line_items[0][quantity]", "parameter_invalid"),
        ({"mode": "subscription"}, "mode", "parameter_invalid"),
        ({"expires_at": "1"}, "expires_at", None),
        ({"line_items[0][price_data][unit_amount]": "24"}, None, "amount_too_small"),
    ],
)
async def test_bad_parameters_are_named(api, conforms, change, param, code):
    answer = await post(api, "/checkout/sessions", **SESSION | change)
    assert answer.status_code == 400
    conforms("error", answer.json())
    error = answer.json()["error"]
    assert (error.get("param"), error.get("code")) == (param, code)


async def test_missing_parameter_is_named(api):
    without = {name: value for name, value in SESSION.items() if name != "success_url"}
    answer = await post(api, "/checkout/sessions", **without)
    assert answer.json()["error"]["param"] == "success_url"


async def test_unknown_things_are_404(api, conforms):
    for path in ("/charges/ch_none", "/nonsense", "/checkout/sessions/cs_none"):
        answer = await api.get(path)
        assert answer.status_code == 404
        conforms("error", answer.json())


async def test_payer_page_takes_only_test_cards_and_keeps_no_number(api, stripe_standin):
    made = await session(api)
    real = await stripe_standin.pay(made["url"], "4539 1488 0343 6467")
    assert real.status == 422
    assert "only the test cards" in real.text
    assert "4539" not in real.text
    for card in (DECLINED, APPROVED):
        await stripe_standin.pay(made["url"], card)
    known = str(await stripe_standin.events())
    assert "'last4': '4242'" in known
    assert not any(card.replace(" ", "") in known for card in (DECLINED, APPROVED))
