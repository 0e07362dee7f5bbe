"""Webhooks at the site: signed, once, in any order, each consortium its own."""

from __future__ import annotations

import json
import random
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from arengo_payments.contract import PaymentState
from arengo_payments.standin.webhooks import signature
from arengo_payments.webhooks.models import WebhookEvent


@pytest.fixture
def send(valley, site):
    """Send an event as the gateway does."""

    async def post(event, *, secret=None, path=None, body=None):
        text = body or json.dumps(event)
        headers = {
            "content-type": "application/json",
            "stripe-signature": signature(
                text, secret or valley.standin.webhook_secret, int(time.time())
            ),
        }
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            return await client.post(
                f"{site}{path or valley.webhook_path}", content=text.encode(), headers=headers
            )

    return post


async def _paid_untold(valley):
    """A payment whose shopper has paid, and the events that the site has not heard."""
    await valley.standin.send_webhooks_to(None)
    before = {event["id"] for event in await valley.standin.events()}
    payment, opened = await valley.checkout()
    await valley.standin.pay(opened.url)
    events = [event for event in await valley.standin.events() if event["id"] not in before]
    return payment, events


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(times=st.integers(1, 5), seed=st.randoms(use_true_random=False))
async def test_one_to_five_deliveries_in_any_order_make_one_payment(valley, send, times, seed):
    before = await valley.balances()
    payment, events = await _paid_untold(valley)
    deliveries = events * times
    seed.shuffle(deliveries)
    for event in deliveries:
        assert (await send(event)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]
    after = await valley.balances()
    assert {name: after[name] - before[name] for name in after} == {
        "gateway": 2000,
        "bakery": -1250,
        "dairy": -750,
    }


async def test_deliveries_at_once_make_one_payment(valley, send):
    import asyncio

    payment, events = await _paid_untold(valley)
    deliveries = events * 5
    random.Random(7).shuffle(deliveries)
    answers = await asyncio.gather(*(send(event) for event in deliveries))
    assert {answer.status_code for answer in answers} == {200}
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]
    assert (await valley.balances())["gateway"] == 2000


async def test_expired_before_paid_still_keeps_the_money(valley, send):
    """Two events that contradict each other: money outweighs."""
    payment, events = await _paid_untold(valley)
    [completed] = [e for e in events if e["type"] == "checkout.session.completed"]
    expired = {**completed, "id": "evt_contradiction", "type": "checkout.session.expired"}
    assert (await send(expired)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.EXPIRED
    assert (await send(completed)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_ended", "payment_succeeded"]
    assert (await send({**expired, "id": "evt_contradiction_2"})).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.PAID


async def test_a_wrong_signature_changes_nothing(valley, send):
    payment, events = await _paid_untold(valley)
    for _ in range(8):
        for event in events:
            answer = await send(event, secret="whsec_of_somebody_else")
            assert answer.status_code == 400
            assert answer.json()["error"]["code"] == "WEBHOOK"
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    for event in events:
        assert (await send(event)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.PAID


async def test_signed_but_unreadable_is_answered_400(valley, send):
    assert (await send(None, body="not json")).status_code == 400
    assert (await send({"id": "evt_1"})).status_code == 400


async def test_another_consortiums_account_cannot_pay_here(valley, send, make_consortium, site):
    other = await make_consortium(
        collecting=True,
        gateway="stripe",
        gateway_settings={"secret_key": "sk_test_other", "webhook_secret": "whsec_other"},
    )
    payment, events = await _paid_untold(valley)
    for event in events:
        path = f"/webhooks/payments/stripe/{other.id}"
        assert (await send(event, secret="whsec_other", path=path)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    assert (await valley.balances())["gateway"] == 0


async def test_addresses_that_nobody_collects_at(valley, send, make_consortium):
    idle = await make_consortium()
    for path in (
        f"/webhooks/payments/stripe/{idle.id}",
        f"/webhooks/payments/stripe/{valley.bakery.id}",
        f"/webhooks/payments/other/{valley.id}",
    ):
        assert (await send({"id": "evt_1"}, path=path)).status_code == 404
    counter = f"/webhooks/payments/counter/{valley.id}"
    assert (await send({"id": "evt_1"}, path=counter)).status_code == 400


async def test_an_amount_that_differs_is_not_taken_for_payment(valley, send):
    payment, events = await _paid_untold(valley)
    [completed] = [e for e in events if e["type"] == "checkout.session.completed"]
    changed = json.loads(json.dumps(completed))
    changed["data"]["object"]["amount_total"] = 1
    assert (await send(changed)).status_code == 200
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    assert (await valley.balances())["gateway"] == 0


async def test_a_payment_made_twice_goes_back_once(valley, send, run_jobs, host):
    """Two pages of one payment, both paid: a fault of the gateway's that we make good."""
    payment = await valley.paid()
    await valley.standin.send_webhooks_to(None)
    twin = await valley.prepare()
    opened = await valley.desk.open(twin.id)
    await valley.standin.pay(opened.url)
    await _reassign(valley, twin.id, payment.id)
    [completed] = [
        event
        for event in await valley.standin.events("checkout.session.completed")
        if event["data"]["object"]["client_reference_id"] == str(twin.order_id)
    ]
    await send(completed)
    assert (await valley.balances())["gateway"] == 2000
    await run_jobs()
    [refund] = await valley.standin.objects("refund")
    assert refund["reason"] == "duplicate"
    assert refund["amount"] == 2000
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]


async def _reassign(valley, twin_id, payment_id):
    """Make the twin's attempt one of the payment's."""
    from sqlalchemy import update

    from arengo_payments.collecting.models import AttemptRow, GatewayReference

    async with valley.host.unit_of_work(valley.officer) as uow:
        await uow.session.execute(
            update(AttemptRow).where(AttemptRow.payment_id == twin_id).values(payment_id=payment_id)
        )
        await uow.session.execute(
            update(GatewayReference)
            .where(GatewayReference.payment_id == twin_id)
            .values(payment_id=payment_id)
        )


async def test_events_are_kept_without_their_bodies(valley, send):
    _, events = await _paid_untold(valley)
    for event in events:
        await send(event)
    async with valley.host.unit_of_work(read_only=True) as uow:
        count = await uow.session.scalar(
            select(func.count()).where(WebhookEvent.consortium_id == valley.id)
        )
    assert count == len(events)
    assert set(WebhookEvent.__table__.columns.keys()) == {
        "consortium_id",
        "gateway",
        "event_id",
        "kind",
        "source_type",
        "payment_id",
        "occurred_at",
        "received_at",
    }
