"""The Stripe gateway over real HTTP against the stand-in: paying and refunding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from arengo_core.money import Money
from arengo_payments.contract import (
    CheckoutOpened,
    CheckoutRefused,
    CheckoutState,
    CheckoutStatus,
    NotFound,
    Payee,
    RefundDone,
    RefundRefused,
    RefundRequest,
    RefundStatus,
)
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings
from arengo_payments.gateways.stripe_mapping import refund_params, session_params
from arengo_payments.testing import (
    APPROVED,
    DECLINED,
    EXPIRED_CARD,
    INSUFFICIENT_FUNDS,
    THREE_D_SECURE,
)


async def opened(gateway, request) -> CheckoutOpened:
    outcome = await gateway.open_checkout(request)
    assert isinstance(outcome, CheckoutOpened), outcome
    return outcome


async def paid(gateway, standin, request) -> str:
    """The payment reference of a paid checkout."""
    checkout = await opened(gateway, request)
    assert (await standin.pay(checkout.url)).is_paid
    state = await gateway.fetch_checkout(checkout.reference)
    assert isinstance(state, CheckoutState)
    assert state.payment_reference
    return state.payment_reference


def refund_of(payment: str, amount: int, key: str = "refund-1") -> RefundRequest:
    return RefundRequest(key, "order-1", payment, Money(amount))


async def test_open_checkout_carries_the_order(gateway, stripe_standin, checkout_request):
    request = checkout_request()
    checkout = await opened(gateway, request)
    assert checkout.url.startswith(stripe_standin.base_url)
    assert checkout.expires_at == request.expires_at.replace(microsecond=0)
    state = await gateway.fetch_checkout(checkout.reference)
    assert state == CheckoutState(
        reference=checkout.reference,
        status=CheckoutStatus.OPEN,
        amount=Money(2990),
        order_id="order-1",
        idempotency_key="attempt-1",
        payment_reference=None,
        url=checkout.url,
        expires_at=checkout.expires_at,
    )


async def test_approved_card_pays_and_marks_the_charge(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    result = await stripe_standin.pay(checkout.url, APPROVED)
    assert result.location == f"http://shop.test/order?session={checkout.reference}"
    state = await gateway.fetch_checkout(checkout.reference)
    assert (state.status, state.url) == (CheckoutStatus.PAID, None)
    [charge] = await stripe_standin.events("charge.succeeded")
    charge = charge["data"]["object"]
    assert charge["transfer_group"] == "order-1"
    assert charge["metadata"] == {"order_id": "order-1", "arengo_key": "attempt-1"}
    assert charge["amount"] == 2990


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (DECLINED, "La tua carta è stata rifiutata."),
        (INSUFFICIENT_FUNDS, "I fondi della tua carta non bastano."),
        (EXPIRED_CARD, "La tua carta è scaduta."),
    ],
)
async def test_declined_card_may_be_followed_by_another(
    gateway, stripe_standin, checkout_request, card, words
):
    checkout = await opened(gateway, checkout_request())
    result = await stripe_standin.pay(checkout.url, card)
    assert (result.status, result.is_paid) == (402, False)
    assert words in result.text
    state = await gateway.fetch_checkout(checkout.reference)
    assert state.status is CheckoutStatus.OPEN
    assert (await stripe_standin.pay(checkout.url, APPROVED)).is_paid
    again = await gateway.fetch_checkout(checkout.reference)
    assert again.status is CheckoutStatus.PAID
    assert again.payment_reference == state.payment_reference
    assert len(await stripe_standin.events("charge.succeeded")) == 1


async def test_three_d_secure_approved(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    assert (await stripe_standin.pay(checkout.url, THREE_D_SECURE)).is_paid
    [charge] = await stripe_standin.events("charge.succeeded")
    card = charge["data"]["object"]["payment_method_details"]["card"]
    assert card["three_d_secure"]["result"] == "authenticated"


async def test_three_d_secure_refused_leaves_the_checkout_open(
    gateway, stripe_standin, checkout_request
):
    checkout = await opened(gateway, checkout_request(locale="en"))
    result = await stripe_standin.pay(checkout.url, THREE_D_SECURE, challenge="fail")
    assert not result.is_paid
    assert "Your bank could not confirm that it is you." in result.text
    assert (await gateway.fetch_checkout(checkout.reference)).status is CheckoutStatus.OPEN
    assert not await stripe_standin.events("charge.succeeded")


async def test_a_paid_checkout_cannot_be_paid_again(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    await stripe_standin.pay(checkout.url)
    again = await stripe_standin.pay(checkout.url)
    assert "Già pagato" in again.text
    assert len(await stripe_standin.events("charge.succeeded")) == 1


async def test_same_key_same_request_is_one_checkout(gateway, stripe_standin, checkout_request):
    request = checkout_request()
    first = await opened(gateway, request)
    assert await opened(gateway, request) == first
    other = await opened(gateway, checkout_request(idempotency_key="attempt-2"))
    assert other.reference != first.reference


async def test_same_key_other_request_is_refused(gateway, checkout_request):
    await opened(gateway, checkout_request())
    outcome = await gateway.open_checkout(checkout_request(order_id="order-2"))
    assert isinstance(outcome, CheckoutRefused)
    assert outcome.code == "IdempotencyError"
    assert not outcome.retryable


async def test_public_administration_is_refused_before_any_call(
    gateway, stripe_standin, checkout_request
):
    payee = Payee("Comune di Lanzada", is_public_administration=True)
    await stripe_standin.fail_next("error")
    outcome = await gateway.open_checkout(checkout_request(payee=payee))
    assert isinstance(outcome, CheckoutRefused)
    assert outcome.code == "payee_is_public_administration"
    assert "pagoPA" in outcome.message


async def test_too_short_a_life_is_refused(gateway, checkout_request):
    soon = datetime.now(UTC) + timedelta(minutes=29)
    outcome = await gateway.open_checkout(checkout_request(expires_at=soon))
    assert isinstance(outcome, CheckoutRefused)
    assert "expires_at" in outcome.message


async def test_wrong_key_is_refused(stripe_standin, checkout_request):
    gateway = StripeGateway(
        StripeSettings("sk_test_wrong", "whsec_x", api_base=stripe_standin.base_url)
    )
    outcome = await gateway.open_checkout(checkout_request())
    await gateway.aclose()
    assert isinstance(outcome, CheckoutRefused)
    assert outcome.code == "AuthenticationError"
    assert "sk_test_wrong" not in outcome.message


def test_settings_hide_their_secrets():
    shown = repr(StripeSettings("sk_test_secret", "whsec_secret"))
    assert "secret" not in shown.replace("secret_key", "").replace("webhook_secret", "")


async def test_unknown_reference_is_not_found(gateway):
    assert await gateway.fetch_checkout("cs_test_none") == NotFound()
    assert await gateway.fetch_refund("re_none") == NotFound()
    assert await gateway.expire_checkout("cs_test_none") == NotFound()


async def test_expire_closes_the_page(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    state = await gateway.expire_checkout(checkout.reference)
    assert state.status is CheckoutStatus.EXPIRED
    assert await gateway.expire_checkout(checkout.reference) == state
    result = await stripe_standin.pay(checkout.url)
    assert (result.status, result.is_paid) == (410, False)
    assert "Tempo scaduto" in result.text
    assert not await stripe_standin.events("charge.succeeded")


async def test_expire_of_a_paid_checkout_says_paid(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    await stripe_standin.pay(checkout.url)
    assert (await gateway.expire_checkout(checkout.reference)).status is CheckoutStatus.PAID


async def test_checkout_expires_by_itself(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    await stripe_standin.pay(checkout.url, DECLINED)
    await stripe_standin.advance_clock(32 * 60)
    assert (await gateway.fetch_checkout(checkout.reference)).status is CheckoutStatus.EXPIRED
    assert not (await stripe_standin.pay(checkout.url)).is_paid
    assert len(await stripe_standin.events("checkout.session.expired")) == 1
    assert len(await stripe_standin.events("payment_intent.canceled")) == 1


async def test_reopening_a_key_whose_checkout_expired_gives_its_state(
    gateway, stripe_standin, checkout_request
):
    request = checkout_request()
    checkout = await opened(gateway, request)
    await gateway.expire_checkout(checkout.reference)
    assert await opened(gateway, request) == checkout
    assert not (await stripe_standin.pay(checkout.url)).is_paid


async def test_refund_in_parts_then_too_much(gateway, stripe_standin, checkout_request):
    payment = await paid(gateway, stripe_standin, checkout_request())
    first = await gateway.refund(refund_of(payment, 490))
    assert isinstance(first, RefundDone)
    assert (first.status, first.amount) == (RefundStatus.SUCCEEDED, Money(490))
    assert first.payment_reference == payment
    over = await gateway.refund(refund_of(payment, 2501, "refund-2"))
    assert isinstance(over, RefundRefused)
    assert "greater than unrefunded amount" in over.message
    rest = await gateway.refund(refund_of(payment, 2500, "refund-3"))
    assert isinstance(rest, RefundDone)
    more = await gateway.refund(refund_of(payment, 1, "refund-4"))
    assert isinstance(more, RefundRefused)
    assert more.code == "charge_already_refunded"
    charges = [e["data"]["object"] for e in await stripe_standin.events("charge.refunded")]
    assert [(c["amount_refunded"], c["refunded"]) for c in charges] == [(490, False), (2990, True)]


async def test_same_refund_key_refunds_once(gateway, stripe_standin, checkout_request):
    payment = await paid(gateway, stripe_standin, checkout_request())
    first = await gateway.refund(refund_of(payment, 490))
    assert await gateway.refund(refund_of(payment, 490)) == first
    assert len(await stripe_standin.events("charge.refunded")) == 1
    assert await gateway.fetch_refund(first.reference) == first


async def test_refund_that_the_bank_sends_back(gateway, stripe_standin, checkout_request):
    payment = await paid(gateway, stripe_standin, checkout_request())
    refund = await gateway.refund(refund_of(payment, 2990))
    await stripe_standin.fail_refund(refund.reference)
    assert (await gateway.fetch_refund(refund.reference)).status is RefundStatus.FAILED
    assert isinstance(await gateway.refund(refund_of(payment, 2990, "refund-2")), RefundDone)


async def test_refund_of_an_unpaid_order_is_refused(gateway, stripe_standin, checkout_request):
    checkout = await opened(gateway, checkout_request())
    await stripe_standin.pay(checkout.url, DECLINED)
    state = await gateway.fetch_checkout(checkout.reference)
    outcome = await gateway.refund(refund_of(state.payment_reference, 100))
    assert isinstance(outcome, RefundRefused)


def test_requests_are_what_stripe_describes(is_form, checkout_request):
    is_form("/v1/checkout/sessions", session_params(checkout_request()))
    is_form("/v1/checkout/sessions", session_params(checkout_request(payer_email=None)))
    is_form("/v1/refunds", refund_params(refund_of("pi_1", 490)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Money(2991)}, "lines"),
        ({"expires_at": datetime(2026, 1, 1)}, "expires_at"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"order_id": ""}, "order_id"),
        ({"lines": (), "amount": Money(0)}, "lines"),
    ],
)
def test_a_request_that_cannot_be_meant_names_its_field(checkout_request, change, field):
    with pytest.raises(ValueError, match=f"^{field}: "):
        checkout_request(**change)
