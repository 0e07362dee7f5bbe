"""Stops half-way and answers that are lost: nothing is paid twice, nothing is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_core.errors import UnavailableError
from arengo_payments.collecting.states import AttemptState
from arengo_payments.contract import PaymentDesk, PaymentState

LATER = timedelta(minutes=2)


@pytest.fixture
def later(move_clock):
    """Let some time go by on our clock alone."""

    def move(time):
        move_clock(clock.now() + time)

    return move


async def _sessions(valley) -> int:
    found = await valley.standin.objects("checkout.session")
    return len(found)


async def test_a_crash_before_the_gateway_was_asked_opens_one_page(valley):
    payment = await valley.prepare()
    assert (await valley.attempt(payment.id)).state == AttemptState.PREPARED
    opened = await valley.desk.open(payment.id)
    assert (await valley.standin.pay(opened.url)).is_paid
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID


async def test_a_crash_after_the_gateway_was_asked_finds_the_page_again(valley, later):
    payment = await valley.prepare()
    await valley.standin.fail_next("drop", when="after", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await valley.desk.open(payment.id)
    assert (await valley.payment(payment.id)).state is PaymentState.UNKNOWN
    assert await _sessions(valley) == 1

    opened = await valley.desk.open(payment.id)
    assert opened.url is not None
    assert await _sessions(valley) == 1
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    assert (await valley.standin.pay(opened.url)).is_paid
    await valley.standin.settle()
    assert (await valley.balances())["gateway"] == 2000


async def test_a_request_that_never_arrived_is_asked_again_under_a_new_key(valley):
    payment = await valley.prepare()
    first = await valley.attempt(payment.id)
    await valley.standin.fail_next("drop", when="before", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await valley.desk.open(payment.id)
    opened = await valley.desk.open(payment.id)
    second = await valley.attempt(payment.id)
    assert opened.url is not None
    assert first.key != second.key
    assert await _sessions(valley) == 1


async def test_the_janitor_finds_a_page_whose_answer_was_lost(valley, later):
    payment = await valley.prepare()
    await valley.standin.fail_next("error", when="after", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await valley.desk.open(payment.id)
    await valley.janitor()
    assert (await valley.payment(payment.id)).state is PaymentState.UNKNOWN
    later(LATER)
    await valley.janitor()
    found = await valley.payment(payment.id)
    assert found.state is PaymentState.OPEN
    assert found.url.startswith(valley.standin.base_url)


async def test_the_janitor_hears_of_a_payment_whose_webhook_never_came(valley, later):
    await valley.standin.send_webhooks_to(None)
    payment, opened = await valley.checkout()
    await valley.standin.pay(opened.url)
    await valley.janitor()
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    later(timedelta(minutes=33))
    await valley.janitor()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]
    assert await valley.balances() == {"gateway": 2000, "bakery": -1250, "dairy": -750}


async def test_the_janitor_ends_what_expired_untold_and_what_was_never_opened(valley, later):
    await valley.standin.send_webhooks_to(None)
    opened, _ = await valley.checkout()
    never = await valley.prepare()
    await valley.standin.advance_clock(33 * 60)
    later(timedelta(minutes=33))
    await valley.janitor()
    for payment in (opened, never):
        assert (await valley.payment(payment.id)).state is PaymentState.EXPIRED
        assert await valley.names_told(payment.order_id) == ["payment_ended"]


async def test_a_webhook_overtakes_the_answer_that_opened_the_page(valley):
    """The answer is lost, yet the shopper finds the page and pays: the key alone tells."""
    payment = await valley.prepare()
    await valley.standin.fail_next("drop", when="after", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await valley.desk.open(payment.id)
    [session] = await valley.standin.objects("checkout.session")
    await valley.standin.pay(session["url"])
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert (await valley.desk.open(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]


async def test_openings_at_once_make_one_page(valley, host):
    payment = await valley.prepare()
    desk = host.standalone(PaymentDesk)
    import asyncio

    answers = await asyncio.gather(
        *(desk.open(payment.id) for _ in range(4)), return_exceptions=True
    )
    urls = {answer.url for answer in answers if not isinstance(answer, Exception)}
    assert len(urls) == 1
    assert await _sessions(valley) == 1


async def test_a_refusal_that_stays_fails_the_payment(valley):
    from arengo_core.money import Money

    request = valley.request()
    small = valley.request(
        amount=Money(30),
        parts=(type(request.parts[0])(valley.bakery.id, request.order_id, Money(30), "Pane"),),
    )
    payment = await valley.prepare(small)
    opened = await valley.desk.open(payment.id)
    assert (opened.state, opened.url) == (PaymentState.FAILED, None)
    assert await valley.names_told(payment.order_id) == ["payment_ended"]
    assert (await valley.attempt(payment.id)).failure_code == "amount_too_small"


async def test_health_tells_of_outcomes_that_stay_unknown(valley, later, host):
    from arengo_payments.checkout.janitor import nothing_lasts_unknown

    payment = await valley.prepare()
    await valley.standin.fail_next("drop", when="after", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await valley.desk.open(payment.id)
    later(timedelta(hours=2))
    assert not await nothing_lasts_unknown(host)
    await valley.janitor()
    assert (await valley.payment(payment.id)).state is not PaymentState.UNKNOWN
