"""Pay at the counter: confirmed at once, nothing to ask, nobody to call."""

from __future__ import annotations

import pytest

from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutConfirmed,
    CheckoutRefused,
    InvalidSignatureError,
    NotFound,
    Payee,
    PaymentGateway,
    RefundRequest,
    RefundStatus,
)
from arengo_payments.gateways.counter import CounterGateway
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings


@pytest.fixture
def counter() -> PaymentGateway:
    return CounterGateway()


async def test_order_is_confirmed_to_be_paid_at_the_counter(counter, checkout_request):
    outcome = await counter.open_checkout(checkout_request())
    assert outcome == CheckoutConfirmed("counter_order-1")
    assert await counter.open_checkout(checkout_request()) == outcome


async def test_a_municipality_may_collect_at_its_counter(counter, checkout_request):
    payee = Payee("Comune di Lanzada", is_public_administration=True)
    outcome = await counter.open_checkout(checkout_request(payee=payee))
    assert isinstance(outcome, CheckoutConfirmed)


async def test_refund_is_given_by_hand(counter):
    refund = await counter.refund(RefundRequest("refund-1", "order-1", "counter_1", Money(490)))
    assert (refund.status, refund.amount) == (RefundStatus.BY_HAND, Money(490))


async def test_the_counter_keeps_no_records(counter, checkout_request):
    since = checkout_request().expires_at
    assert await counter.fetch_checkout("counter_order-1") == NotFound()
    assert await counter.find_checkout("attempt-1", since) == NotFound()
    assert await counter.fetch_refund("counter_refund-1") == NotFound()
    assert await counter.find_refund("refund-1", "counter_order-1") == NotFound()
    assert isinstance(await counter.expire_checkout("counter_order-1"), CheckoutRefused)
    await counter.aclose()


async def test_nobody_speaks_for_the_counter(counter):
    with pytest.raises(InvalidSignatureError):
        await counter.parse_webhook(b"{}", {})


def test_gateways_are_told_apart_by_their_keys(counter):
    stripe: PaymentGateway = StripeGateway(StripeSettings("sk_x", "whsec_x"))
    assert (counter.key, stripe.key) == ("counter", "stripe")
