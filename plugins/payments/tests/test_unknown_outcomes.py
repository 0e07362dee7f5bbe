"""Lost answers: the outcome is unknown, nothing is assumed, and asking settles it."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest

from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutOpened,
    CheckoutState,
    NotFound,
    OutcomeUnknown,
    RefundDone,
    RefundRequest,
)
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings

FAULTS = ["hang", "drop", "error"]


@pytest.fixture
async def waiting(stripe_standin):
    """``waiting(seconds)``: a gateway that waits so long for answers."""
    made = []

    def make(seconds):
        settings = StripeSettings(
            stripe_standin.secret_key,
            stripe_standin.webhook_secret,
            api_base=stripe_standin.base_url,
            time_limit=seconds,
        )
        made.append(StripeGateway(settings))
        return made[-1]

    yield make
    for gateway in made:
        await gateway.aclose()


@pytest.fixture
def gateway(waiting):
    """A patient one."""
    return waiting(60)


@pytest.fixture
def unlucky(waiting, kind):
    """The one that meets the fault: where the answer hangs, it does not wait for long."""
    return waiting(2 if kind == "hang" else 60)


async def _found(find, *asked):
    """What is found, once a busy stand-in has done what it was asked before."""
    async with asyncio.timeout(60):
        while isinstance(found := await find(*asked), NotFound):
            await asyncio.sleep(0.1)
    return found


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.mark.parametrize("kind", FAULTS)
async def test_checkout_made_but_answer_lost(
    gateway, unlucky, stripe_standin, checkout_request, kind
):
    request = checkout_request()
    await stripe_standin.fail_next(kind, when="after", path="/v1/checkout/sessions")
    assert isinstance(await unlucky.open_checkout(request), OutcomeUnknown)
    found = await _found(gateway.find_checkout, request.idempotency_key, an_hour_ago())
    assert isinstance(found, CheckoutState)
    assert found.order_id == "order-1"
    if kind != "error":
        again = await gateway.open_checkout(request)
        assert isinstance(again, CheckoutOpened)
        assert again.reference == found.reference
    assert (await stripe_standin.pay(found.url)).is_paid


@pytest.mark.parametrize("kind", FAULTS)
async def test_checkout_never_made(gateway, unlucky, stripe_standin, checkout_request, kind):
    request = checkout_request()
    await stripe_standin.fail_next(kind, when="before", path="/v1/checkout/sessions")
    assert isinstance(await unlucky.open_checkout(request), OutcomeUnknown)
    assert await gateway.find_checkout(request.idempotency_key, an_hour_ago()) == NotFound()
    assert isinstance(await gateway.open_checkout(request), CheckoutOpened)


async def test_a_server_error_is_replayed_like_any_answer(
    gateway, stripe_standin, checkout_request
):
    request = checkout_request()
    await stripe_standin.fail_next("error", when="after", path="/v1/checkout/sessions")
    for _ in range(2):
        assert isinstance(await gateway.open_checkout(request), OutcomeUnknown)


@pytest.mark.parametrize("kind", FAULTS)
async def test_refund_made_but_answer_lost(
    gateway, unlucky, stripe_standin, checkout_request, kind
):
    checkout = await gateway.open_checkout(checkout_request())
    await stripe_standin.pay(checkout.url)
    payment = (await gateway.fetch_checkout(checkout.reference)).payment_reference
    other = await gateway.refund(RefundRequest("refund-0", "order-1", payment, Money(90)))
    await stripe_standin.fail_next(kind, when="after", path="/v1/refunds")
    request = RefundRequest("refund-1", "order-1", payment, Money(490))
    assert isinstance(await unlucky.refund(request), OutcomeUnknown)
    found = await _found(gateway.find_refund, "refund-1", payment)
    assert isinstance(found, RefundDone)
    assert (found.amount, found.idempotency_key) == (Money(490), "refund-1")
    assert found.reference != other.reference
    assert await gateway.find_refund("refund-2", payment) == NotFound()


async def test_asking_may_fail_too(gateway, stripe_standin, checkout_request):
    checkout = await gateway.open_checkout(checkout_request())
    await stripe_standin.fail_next("error", method="GET", times=4)
    assert isinstance(await gateway.fetch_checkout(checkout.reference), OutcomeUnknown)
    assert isinstance(await gateway.find_checkout("attempt-1", an_hour_ago()), OutcomeUnknown)
    assert isinstance(await gateway.fetch_refund("re_x"), OutcomeUnknown)
    assert isinstance(await gateway.find_refund("refund-1", "pi_x"), OutcomeUnknown)
    assert isinstance(await gateway.fetch_checkout(checkout.reference), CheckoutState)


async def test_expiry_with_a_lost_answer(gateway, stripe_standin, checkout_request):
    checkout = await gateway.open_checkout(checkout_request())
    await stripe_standin.fail_next("drop", when="after")
    assert isinstance(await gateway.expire_checkout(checkout.reference), OutcomeUnknown)
    assert isinstance(await gateway.expire_checkout(checkout.reference), CheckoutState)


async def test_nobody_listens(checkout_request):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    gateway = StripeGateway(StripeSettings("sk_x", "whsec_x", f"http://127.0.0.1:{port}", 2.0))
    assert isinstance(await gateway.open_checkout(checkout_request()), OutcomeUnknown)
    await gateway.aclose()


async def test_a_search_reads_every_page(gateway, stripe_standin, checkout_request):
    first = await gateway.open_checkout(checkout_request())
    for number in range(2, 104):
        await gateway.open_checkout(checkout_request(idempotency_key=f"attempt-{number}"))
    found = await gateway.find_checkout("attempt-1", an_hour_ago())
    assert isinstance(found, CheckoutState)
    assert found.reference == first.reference
