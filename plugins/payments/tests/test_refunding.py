"""Refunds: once, no more than came, booked and unbooked, whatever answers are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_payments.contract import Payments, PaymentState
from arengo_payments.refunds.models import RefundState


@pytest.fixture
def later(move_clock):
    def move():
        move_clock(clock.now() + timedelta(minutes=2))

    return move


async def test_a_refund_reverses_what_was_booked(valley, run_jobs):
    payment = await valley.paid()
    refund = await valley.refund(payment, 500)
    assert (await valley.refund_row(refund)).state == RefundState.REQUESTED
    assert (await valley.balances())["gateway"] == 2000
    await run_jobs()
    assert (await valley.refund_row(refund)).state == RefundState.DONE
    assert await valley.balances() == {"gateway": 1500, "bakery": -750, "dairy": -750}
    assert await valley.names_told(payment.order_id) == ["payment_succeeded", "refund_settled"]
    assert (await valley.told(payment.order_id))[1].payload["done"] is True
    found = await valley.payment(payment.id)
    assert (found.state, found.refunded.amount) == (PaymentState.PAID, 500)


async def test_all_of_it_back_makes_the_payment_refunded(valley, run_jobs):
    payment = await valley.paid()
    await valley.refund(payment, 1250, shop=0)
    await valley.refund(payment, 750, shop=1)
    await run_jobs()
    assert (await valley.payment(payment.id)).state is PaymentState.REFUNDED
    assert await valley.balances() == {"gateway": 0, "bakery": 0, "dairy": 0}


async def test_the_same_key_refunds_once(valley, run_jobs):
    payment = await valley.paid()
    first = await valley.refund(payment, 500, key="refund-one")
    await run_jobs()
    assert await valley.refund(payment, 500, key="refund-one") == first
    await run_jobs()
    assert (await valley.balances())["gateway"] == 1500
    assert len(await valley.standin.events("refund.created")) == 1
    with pytest.raises(ConflictError):
        await valley.refund(payment, 600, key="refund-one")


async def test_no_more_goes_back_than_came(valley, run_jobs):
    payment = await valley.paid()
    await valley.refund(payment, 1000)
    with pytest.raises(ConflictError, match=r"2[.,]50"):
        await valley.refund(payment, 251)
    with pytest.raises(InvalidInputError):
        await valley.refund(payment, 0)
    await valley.refund(payment, 250)
    await run_jobs()
    assert (await valley.balances())["bakery"] == 0


async def test_what_is_not_paid_cannot_go_back(valley):
    payment = await valley.prepare()
    with pytest.raises(ConflictError):
        await valley.refund(payment, 100)


@pytest.mark.parametrize(
    ("kind", "when"), [("drop", "before"), ("drop", "after"), ("error", "after")]
)
async def test_a_lost_answer_is_asked_for_and_refunds_once(valley, run_jobs, later, kind, when):
    payment = await valley.paid()
    refund = await valley.refund(payment, 500)
    await valley.standin.send_webhooks_to(None)
    await valley.standin.fail_next(kind, when=when, path="/v1/refunds")
    await run_jobs()
    assert (await valley.refund_row(refund)).state == RefundState.UNKNOWN
    assert (await valley.balances())["gateway"] == 2000
    later()
    await valley.janitor()
    await valley.janitor()
    assert (await valley.refund_row(refund)).state == RefundState.DONE
    assert (await valley.balances())["gateway"] == 1500
    assert len(await valley.standin.events("refund.created")) == 1


async def test_a_refund_that_the_bank_sends_back_is_owed_again(valley, run_jobs):
    payment = await valley.paid()
    refund = await valley.refund(payment, 500)
    await run_jobs()
    await valley.standin.fail_refund((await valley.refund_row(refund)).reference)
    await valley.standin.settle()
    assert (await valley.refund_row(refund)).state == RefundState.FAILED
    assert await valley.balances() == {"gateway": 2000, "bakery": -1250, "dairy": -750}
    told = await valley.told(payment.order_id)
    assert [event.payload.get("done") for event in told] == [None, True, False]
    await valley.refund(payment, 1250)


async def test_a_refused_refund_may_be_tried_again(valley, run_jobs):
    payment = await valley.paid()
    attempt = await valley.attempt(payment.id)
    await _refund_elsewhere(valley, attempt.payment_reference, 2000)
    refund = await valley.refund(payment, 500)
    await run_jobs()
    assert (await valley.refund_row(refund)).state == RefundState.REFUSED
    assert (await valley.payment(payment.id)).refunded.amount == 0
    assert (await valley.balances())["gateway"] == 2000


async def _refund_elsewhere(valley, reference, amount):
    """As an officer does it on the gateway's own pages."""
    import httpx

    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.post(
            f"{valley.standin.base_url}/v1/refunds",
            data={"payment_intent": reference, "amount": amount},
            headers={"authorization": f"Bearer {valley.standin.secret_key}"},
        )
    answer.raise_for_status()
    await valley.standin.settle()


async def test_a_counter_refund_is_noted_and_books_nothing(valley, run_jobs):
    payment = await valley.prepare(method="counter")
    with pytest.raises(ConflictError):
        await valley.refund(payment, 100)
    async with valley.host.unit_of_work() as uow:
        await valley.host.continuing(uow, Payments).received(
            payment.id, valley.orders[payment.order_id][0], "key"
        )
    refund = await valley.refund(payment, 100)
    await run_jobs()
    assert (await valley.refund_row(refund)).state == RefundState.DONE
    assert await valley.balances() == {"gateway": 0, "bakery": 0, "dairy": 0}


async def test_refunds_go_on_after_the_activation_ended(valley, run_jobs, host):
    from arengo_core.plugins.models import ActiveService

    payment = await valley.paid()
    async with host.unit_of_work(valley.officer) as uow:
        from sqlalchemy import delete

        await uow.session.execute(
            delete(ActiveService).where(ActiveService.organization_id == valley.bakery.id)
        )
    refund = await valley.refund(payment, 500)
    await run_jobs()
    assert (await valley.refund_row(refund)).state == RefundState.DONE
