"""Webhooks from the stand-in to a listening endpoint, read by the gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutOpened,
    GatewayEventKind,
    InvalidSignatureError,
    MalformedEventError,
    RefundRequest,
)
from arengo_payments.standin.webhooks import signature
from arengo_payments.testing import DECLINED


class Endpoint:
    """What a shop's webhook endpoint received; answers the statuses given, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[bytes, dict[str, str]]] = []
        self.statuses: list[int] = []
        self.url = ""

    def of(self, event_type: str) -> list[tuple[bytes, dict[str, str]]]:
        return [item for item in self.received if json.loads(item[0])["type"] == event_type]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    heard = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.received.append((body, dict(self.headers.items())))
            self.send_response(heard.statuses.pop(0) if heard.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    heard.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def checkout(gateway, stripe_standin, endpoint, checkout_request) -> CheckoutOpened:
    await stripe_standin.send_webhooks_to(endpoint.url)
    return await gateway.open_checkout(checkout_request())


async def test_paid_checkout_is_told(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    await stripe_standin.settle()
    [(body, headers)] = endpoint.of("checkout.session.completed")
    event = await gateway.parse_webhook(body, headers)
    state = await gateway.fetch_checkout(checkout.reference)
    assert event.kind is GatewayEventKind.CHECKOUT_PAID
    assert event.id == json.loads(body)["id"]
    assert event.order_id == "order-1"
    assert event.checkout_reference == checkout.reference
    assert event.payment_reference == state.payment_reference
    assert event.amount == Money(2990)
    assert (event.is_live, event.account) == (False, None)


async def test_declined_attempt_is_told_and_is_not_the_end(
    gateway, stripe_standin, endpoint, checkout
):
    await stripe_standin.pay(checkout.url, DECLINED)
    await stripe_standin.settle()
    [(body, headers)] = endpoint.of("payment_intent.payment_failed")
    event = await gateway.parse_webhook(body, headers)
    assert event.kind is GatewayEventKind.PAYMENT_DECLINED
    assert (event.order_id, event.failure_code) == ("order-1", "generic_decline")
    assert event.payment_reference.startswith("pi_")
    assert not endpoint.of("checkout.session.completed")


async def test_expired_checkout_is_told(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.advance_clock(32 * 60)
    await stripe_standin.settle()
    [(body, headers)] = endpoint.of("checkout.session.expired")
    event = await gateway.parse_webhook(body, headers)
    assert event.kind is GatewayEventKind.CHECKOUT_EXPIRED
    assert event.checkout_reference == checkout.reference


async def test_refunds_are_told(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    payment = (await gateway.fetch_checkout(checkout.reference)).payment_reference
    refund = await gateway.refund(RefundRequest("refund-1", "order-1", payment, Money(490)))
    await stripe_standin.fail_refund(refund.reference)
    await stripe_standin.settle()
    told = {}
    for event_type in ("charge.refunded", "refund.updated", "refund.failed"):
        [(body, headers)] = endpoint.of(event_type)
        event = await gateway.parse_webhook(body, headers)
        told[event_type] = event
        assert (event.order_id, event.payment_reference) == ("order-1", payment)
        assert event.amount == Money(490)
    assert told["charge.refunded"].kind is GatewayEventKind.PAYMENT_REFUNDED
    assert told["refund.updated"].kind is GatewayEventKind.REFUND_UPDATED
    assert told["refund.updated"].refund_reference == refund.reference
    assert told["refund.failed"].kind is GatewayEventKind.REFUND_FAILED
    assert told["refund.failed"].failure_code == "expired_or_canceled_card"


async def test_what_does_not_concern_us_is_other(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    await stripe_standin.settle()
    [(body, headers)] = endpoint.of("payment_intent.created")
    assert (await gateway.parse_webhook(body, headers)).kind is GatewayEventKind.OTHER


async def test_webhook_is_sent_again_until_taken(stripe_standin, endpoint, checkout):
    endpoint.statuses = [500, 400]
    await stripe_standin.advance_clock(32 * 60)
    await stripe_standin.settle()
    tries = endpoint.of("checkout.session.expired")
    assert len(tries) == 3
    assert len({body for body, _ in tries}) == 1


async def test_the_same_event_twice_has_one_id(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    await stripe_standin.settle()
    [event] = await stripe_standin.events("checkout.session.completed")
    assert await stripe_standin.redeliver(event["id"], times=2) == [200, 200]
    received = endpoint.of("checkout.session.completed")
    assert len(received) == 3
    read = [await gateway.parse_webhook(body, headers) for body, headers in received]
    assert {item.id for item in read} == {event["id"]}


async def test_old_signature_is_not_taken(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    await stripe_standin.settle()
    [event] = await stripe_standin.events("checkout.session.completed")
    await stripe_standin.redeliver(event["id"], age=301)
    body, headers = endpoint.received[-1]
    with pytest.raises(InvalidSignatureError, match="tolerance"):
        await gateway.parse_webhook(body, headers)
    await stripe_standin.redeliver(event["id"], age=200)
    assert (await gateway.parse_webhook(*endpoint.received[-1])).id == event["id"]


async def test_forged_webhooks_are_not_taken(gateway, stripe_standin, endpoint, checkout):
    await stripe_standin.pay(checkout.url)
    await stripe_standin.settle()
    [(body, headers)] = endpoint.of("checkout.session.completed")
    changed = body.replace(b"2990", b"0001")
    for forged_body, forged_headers in [
        (changed, headers),
        (body, {}),
        (body, {"Stripe-Signature": "nonsense"}),
        (body, {"Stripe-Signature": signature(body.decode(), "whsec_other", 2_000_000_000)}),
        (b"\xff" + body, headers),
    ]:
        with pytest.raises(InvalidSignatureError):
            await gateway.parse_webhook(forged_body, forged_headers)


@pytest.mark.parametrize("body", ["not json", "[]", "{}", '{"data": {"object": {}}, "type": "x"}'])
async def test_signed_nonsense_is_malformed(gateway, stripe_standin, body):
    signed = signature(body, stripe_standin.webhook_secret, 2_000_000_000)
    with pytest.raises(MalformedEventError):
        await gateway.parse_webhook(body.encode(), {"stripe-signature": signed})
