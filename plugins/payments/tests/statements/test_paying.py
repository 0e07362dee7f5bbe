"""Members pay statements online, with Stripe's SDK against the stand-in."""

from __future__ import annotations

import asyncio
import json
import random
import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from arengo_core import clock
from arengo_core.caller import Role
from arengo_core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnavailableError,
)
from arengo_core.outbox.models import OutboxEvent
from arengo_marketplace.contract import Marketplace, OnlineReceipt, OnlineState
from arengo_marketplace.metering.models import UsageRecord
from arengo_payments.collecting.states import AttemptState
from arengo_payments.contract import CHECKOUT_LIFE
from arengo_payments.standin.webhooks import signature


@pytest.fixture
def send(payers):
    """Send an event as the gateway does."""

    async def post(event):
        text = json.dumps(event)
        signed = signature(text, payers.standin.webhook_secret, int(time.time()))
        headers = {"content-type": "application/json", "stripe-signature": signed}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            url = f"{payers.site}/webhooks/payments/stripe/{payers.id}"
            return await client.post(url, content=text.encode(), headers=headers)

    return post


async def _paid_untold(payers):
    """Paid on the page, and the site has not heard of it."""
    await payers.standin.send_webhooks_to(None)
    payment = await payers.begin()
    await payers.standin.pay(payment.url)
    return payment, await payers.standin.events()


async def test_a_town_pays_its_statement(payers):
    due = payers.statement.due
    await payers.paid()
    standing = await payers.standing()
    assert (standing.state, standing.open) == ("paid", 0)
    [row] = await payers.rows()
    assert (row.way, row.amount) == ("online", due)
    assert row.reference.startswith("pi_")
    assert await payers.balances() == {"gateway": due, "bank": 0, "owed": 0}
    assert await payers.state() == "paid"


async def test_it_is_no_merchants_transaction_and_no_orders_event(payers):
    await payers.paid()
    async with payers.host.unit_of_work(payers.office, read_only=True) as uow:
        used = select(func.count()).where(UsageRecord.meter == "payments.transactions")
        told = select(func.count()).where(
            OutboxEvent.organization_id == payers.id, OutboxEvent.name.like("payments.%")
        )
        assert (
            await uow.session.scalar(
                used.where(UsageRecord.organization_id == payers.statement.organization_id)
            )
            == 0
        )
        assert await uow.session.scalar(told) == 0


async def test_a_second_click_gives_the_same_page(payers):
    first, second = await payers.begin(), await payers.begin()
    assert first.url is not None
    assert (second.id, second.url) == (first.id, first.url)
    keyed = await payers.begin(key="replayed-key")
    assert keyed.id == first.id
    assert len(await payers.standin.objects("checkout.session")) == 1


async def test_two_clicks_at_once_open_one_page(payers):
    made = await asyncio.gather(*(payers.begin() for _ in range(3)))
    assert len({one.id for one in made}) == 1
    assert len({one.url for one in made}) == 1
    assert len(await payers.standin.objects("checkout.session")) == 1


async def test_the_same_key_gives_the_first_answer(payers):
    first = await payers.begin(key="a-key-of-ours")
    await payers.standin.pay(first.url)
    await payers.standin.settle()
    again = await payers.begin(key="a-key-of-ours")
    assert (again.id, again.state) == (first.id, OnlineState.PAID)


async def test_nothing_open_is_not_paid(payers):
    await payers.paid()
    with pytest.raises(ConflictError):
        await payers.begin()


async def test_webhooks_in_any_order_and_repeated_book_once(payers, send):
    _, events = await _paid_untold(payers)
    deliveries = events * 3
    random.Random(3).shuffle(deliveries)
    for event in deliveries:
        assert (await send(event)).status_code == 200
    assert [row.amount for row in await payers.rows()] == [payers.statement.due]
    assert (await payers.balances())["gateway"] == payers.statement.due


async def test_money_outweighs_an_expiry_that_was_told_before(payers, send):
    _, events = await _paid_untold(payers)
    [completed] = [one for one in events if one["type"] == "checkout.session.completed"]
    await send({**completed, "id": "evt_other", "type": "checkout.session.expired"})
    assert await payers.state() == "expired"
    await send(completed)
    assert await payers.state() == "paid"
    assert (await payers.standing()).open == 0


async def test_the_same_money_told_twice_by_key_is_recorded_once(payers):
    receipt = OnlineReceipt(
        "payment:told-twice",
        payers.statement.id,
        (await payers.begin()).amount,
        clock.now(),
        "pi_1",
    )
    for _ in range(2):
        async with payers.host.unit_of_work(payers.office) as uow:
            await payers.host.continuing(uow, Marketplace).record_online(receipt)
    assert len(await payers.rows()) == 1


async def test_an_answer_that_was_lost_opens_one_page(payers):
    await payers.standin.fail_next("drop", when="after", path="/v1/checkout/sessions")
    with pytest.raises(UnavailableError):
        await payers.begin()
    assert await payers.state() == "unknown"
    assert await payers.rows() == []
    again = await payers.begin()
    assert again.url is not None
    assert len(await payers.standin.objects("checkout.session")) == 1


async def test_the_janitor_learns_that_it_was_paid(payers, move_clock):
    await _paid_untold(payers)
    assert await payers.state() == "open"
    move_clock(clock.now() + CHECKOUT_LIFE + timedelta(minutes=1))
    await payers.janitor()
    assert await payers.state() == "paid"
    assert (await payers.standing()).open == 0


async def test_a_page_that_expired_takes_nothing_and_another_opens(payers, move_clock):
    first = await payers.begin()
    await payers.standin.advance_clock(3600)
    move_clock(clock.now() + CHECKOUT_LIFE + timedelta(minutes=1))
    await payers.janitor()
    assert await payers.state() == "expired"
    assert await payers.rows() == []
    second = await payers.begin()
    assert second.id != first.id


async def test_a_transfer_recorded_meanwhile_makes_the_rest_a_credit(payers):
    due = payers.statement.due
    payment = await payers.begin()
    await payers.record(due)
    assert (await payers.standin.pay(payment.url)).is_paid
    await payers.standin.settle()
    standing = await payers.standing()
    assert (standing.paid, standing.open, standing.state) == (2 * due, -due, "credit")
    assert await payers.balances() == {"gateway": due, "bank": due, "owed": -due}


async def test_another_amount_closes_the_page_before_a_new_one_opens(payers):
    first = await payers.begin()
    await payers.record(100)
    second = await payers.begin()
    assert second.id != first.id
    assert second.amount.amount == payers.statement.due - 100
    assert not (await payers.standin.pay(first.url)).is_paid
    assert (await payers.standin.pay(second.url)).is_paid
    await payers.standin.settle()
    assert (await payers.standing()).open == 0


async def test_money_for_a_month_taken_back_is_the_members_credit(payers):
    payment = await payers.begin()
    await payers.reverse()
    with pytest.raises(ConflictError):
        await payers.begin()
    await payers.standin.pay(payment.url)
    await payers.standin.settle()
    assert await payers.balances() == {
        "gateway": payers.statement.due,
        "bank": 0,
        "owed": -payers.statement.due,
    }


async def test_a_payment_on_its_way_is_not_made_again(payers):
    payment = await payers.begin()
    attempt = await payers.attempt(payment.id)
    async with payers.host.unit_of_work(payers.office) as uow:
        attempt.state = AttemptState.PROCESSING
        await uow.session.merge(attempt)
    assert await payers.state() == "processing"
    with pytest.raises(ConflictError) as refused:
        await payers.begin()
    assert refused.value.code == "PAYMENT_ON_ITS_WAY"


async def test_who_may_pay(payers, make_user):
    clerk = await make_user((payers.statement.organization_id, Role.CLERK))
    with pytest.raises(ForbiddenError):
        await payers.begin(clerk)
    with pytest.raises(ForbiddenError):
        await payers.begin(payers.consortium.officer)
    with pytest.raises(NotFoundError):
        await payers.begin(payers.officer_of_town, payers.other)
    assert await payers.standin.objects("checkout.session") == []


async def test_a_public_administration_collects_nothing_online(payers):
    await payers.switch(online=False)
    async with payers.host.unit_of_work(payers.office) as uow:
        market = payers.host.continuing(uow, Marketplace)
        await market.set_collecting_entity(
            payers.id,
            organization_id=payers.consortium.lead.id,
            gateway="stripe",
            gateway_settings={},
        )
    with pytest.raises(ConflictError) as refused:
        await payers.switch()
    assert (refused.value.code, refused.value.field) == ("PUBLIC_PAYEE", "online")
    with pytest.raises(ConflictError) as off:
        await payers.begin()
    assert off.value.code == "NOT_ONLINE"


async def test_one_made_public_later_takes_nothing_more(payers):
    async with payers.host.unit_of_work(payers.office) as uow:
        market = payers.host.continuing(uow, Marketplace)
        await market.set_collecting_entity(
            payers.id,
            organization_id=payers.consortium.lead.id,
            gateway="stripe",
            gateway_settings={},
        )
    with pytest.raises(ConflictError) as refused:
        await payers.begin()
    assert refused.value.code == "PUBLIC_PAYEE"


async def test_a_page_that_is_open_when_it_is_switched_off_is_closed(payers):
    first = await payers.begin()
    await payers.switch(online=False)
    with pytest.raises(ConflictError) as off:
        await payers.begin()
    assert off.value.code == "NOT_ONLINE"
    assert (await payers.payment_row(first.id)).state == "expired"


async def test_a_page_that_expired_untold_is_followed_by_a_new_one_at_once(payers, move_clock):
    first = await payers.begin(key="the-first-form")
    await payers.standin.send_webhooks_to(None)
    session = (await payers.attempt(first.id)).reference
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.post(
            f"{payers.standin.base_url}/v1/checkout/sessions/{session}/expire",
            headers={"authorization": f"Bearer {payers.standin.secret_key}"},
        )
    assert answer.status_code == 200, answer.text
    move_clock(clock.now() + CHECKOUT_LIFE + timedelta(minutes=1))
    again = await payers.begin(key="the-next-form")
    assert again.url not in {None, first.url}
    assert (await payers.begin(key="the-next-form")).url == again.url


async def test_a_page_of_a_gateway_that_is_gone_does_not_stop_paying_for_ever(payers, move_clock):
    first = await payers.begin()
    async with payers.host.unit_of_work(payers.office) as uow:
        market = payers.host.continuing(uow, Marketplace)
        await market.set_collecting_entity(
            payers.id,
            organization_id=payers.consortium.lead.id,
            gateway="counter",
            gateway_settings={},
        )
    move_clock(clock.now() + CHECKOUT_LIFE + timedelta(minutes=1))
    await payers.janitor()
    assert (await payers.payment_row(first.id)).state == "open", "its money may be told of still"
    move_clock(clock.now() + timedelta(hours=1))
    await payers.janitor()
    assert (await payers.payment_row(first.id)).state == "expired"


async def test_without_an_offer_or_a_collector_it_cannot_be_switched_on(
    host, make_consortium, make_offer
):
    from arengo_core.caller import Caller
    from arengo_marketplace.members import charter

    made = await make_consortium()

    async def switch():
        async with host.unit_of_work(Caller.program([made.id], [made.id])) as uow:
            await charter.change_payment_terms(
                uow, host, consortium_id=made.id, terms={"online": True}
            )

    with pytest.raises(ConflictError) as not_offered:
        await switch()
    assert not_offered.value.code == "NOT_OFFERED"
    await make_offer(made.id, "payments")
    with pytest.raises(ConflictError) as nobody:
        await switch()
    assert nobody.value.code == "NOBODY_COLLECTS"
