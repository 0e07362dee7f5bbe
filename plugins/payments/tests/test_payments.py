"""From preparing to money: cards through the stand-in, counters, ledger, usage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from arengo_core import clock
from arengo_core.errors import ConflictError, InvalidInputError, NotActiveError, NotFoundError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace
from arengo_marketplace.metering.models import UsageRecord
from arengo_payments.contract import Payments, PaymentState
from arengo_payments.testing import DECLINED


async def test_a_card_payment_is_booked_per_merchant_and_told_once(valley):
    payment, opened = await valley.checkout()
    assert (payment.state, opened.state) == (PaymentState.PENDING, PaymentState.OPEN)
    assert opened.url.startswith(valley.standin.base_url)
    assert await valley.balances() == {"gateway": 0, "bakery": 0, "dairy": 0}

    assert (await valley.standin.pay(opened.url)).is_paid
    await valley.standin.settle()

    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.balances() == {"gateway": 2000, "bakery": -1250, "dairy": -750}
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]
    async with valley.host.unit_of_work(read_only=True) as uow:
        payments = valley.host.continuing(uow, Payments)
        assert await payments.due_to(valley.bakery.id) == Money(1250)
    assert (await valley.row(payment.id)).payer_email is None


async def test_each_merchant_reports_one_card_payment(valley):
    await valley.paid()
    async with valley.host.unit_of_work(valley.officer, read_only=True) as uow:
        rows = await uow.session.execute(
            select(UsageRecord.organization_id, func.sum(UsageRecord.quantity))
            .where(UsageRecord.organization_id.in_([valley.bakery.id, valley.dairy.id]))
            .group_by(UsageRecord.organization_id)
        )
    assert {place: int(count) for place, count in rows} == {
        valley.bakery.id: 1,
        valley.dairy.id: 1,
    }


async def test_the_same_key_gives_the_same_payment_and_another_amount_is_refused(valley):
    request = valley.request()
    first, again = await valley.prepare(request), await valley.prepare(request)
    assert first == again
    changed = valley.request(
        key=request.key, parts=request.parts[:1], amount=request.parts[0].amount
    )
    with pytest.raises(ConflictError):
        await valley.prepare(changed)


async def test_opening_again_gives_the_page_that_is_open(valley):
    payment, opened = await valley.checkout()
    assert (await valley.desk.open(payment.id)).url == opened.url
    assert (await valley.payment(payment.id)).url == opened.url
    assert len(await valley.standin.events("checkout.session.completed")) == 0


async def test_a_declined_card_leaves_the_page_open_for_another(valley):
    payment, opened = await valley.checkout()
    declined = await valley.standin.pay(opened.url, DECLINED)
    await valley.standin.settle()
    assert not declined.is_paid
    assert (await valley.payment(payment.id)).state is PaymentState.OPEN
    assert (await valley.attempt(payment.id)).failure_code == "generic_decline"
    assert (await valley.desk.open(payment.id)).url == opened.url
    assert (await valley.standin.pay(opened.url)).is_paid
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID


async def test_an_expired_page_ends_the_payment_without_booking(valley):
    payment, _ = await valley.checkout()
    await valley.standin.advance_clock(32 * 60)
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.EXPIRED
    assert await valley.names_told(payment.order_id) == ["payment_ended"]
    assert await valley.balances() == {"gateway": 0, "bakery": 0, "dairy": 0}
    assert (await valley.row(payment.id)).payer_email is None


async def test_closing_lets_nobody_pay_what_was_cancelled(valley):
    payment, opened = await valley.checkout()
    await valley.desk.close(payment.id)
    assert (await valley.payment(payment.id)).state is PaymentState.EXPIRED
    assert not (await valley.standin.pay(opened.url)).is_paid
    await valley.standin.settle()
    assert await valley.names_told(payment.order_id) == ["payment_ended"]


async def test_closing_what_was_paid_meanwhile_keeps_the_money(valley):
    await valley.standin.send_webhooks_to(None)
    payment, opened = await valley.checkout()
    await valley.standin.pay(opened.url)
    await valley.desk.close(payment.id)
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]


async def test_closing_before_opening_never_asks_the_gateway(valley):
    payment = await valley.prepare()
    await valley.desk.close(payment.id)
    assert (await valley.desk.open(payment.id)).url is None
    assert (await valley.payment(payment.id)).state is PaymentState.EXPIRED


async def test_cards_need_every_merchant_to_have_payments(valley, make_merchant):
    other = await make_merchant(valley.id, valley.consortium.lead.id, name="Bottega senza carte")
    async with valley.host.unit_of_work() as uow:
        payments = valley.host.continuing(uow, Payments)
        both = await payments.methods(valley.id, [valley.bakery.id, valley.dairy.id])
        mixed = await payments.methods(valley.id, [valley.bakery.id, other.id])
    assert [method.key for method in both] == ["card", "counter"]
    assert [method.key for method in mixed] == ["counter"]
    valley.dairy = other
    with pytest.raises(NotActiveError):
        await valley.prepare()


async def test_a_merchant_is_covered_by_the_activation_of_its_municipality(
    valley, make_merchant, activate
):
    town = valley.consortium.municipalities[1]
    covered = await make_merchant(valley.id, town.id, name="Bottega coperta")
    async with valley.host.unit_of_work() as uow:
        payments = valley.host.continuing(uow, Payments)
        assert [m.key for m in await payments.methods(valley.id, [covered.id])] == ["counter"]
    await activate(town.id, valley.offer)
    async with valley.host.unit_of_work() as uow:
        payments = valley.host.continuing(uow, Payments)
        assert [m.key for m in await payments.methods(valley.id, [covered.id])] == [
            "card",
            "counter",
        ]


async def test_a_shop_may_refuse_the_counter_where_cards_are_taken(valley, make_merchant, activate):
    strict = await make_merchant(valley.id, valley.consortium.lead.id, name="Solo carte")
    await activate(strict.id, valley.offer, settings={"counter": "no"})
    async with valley.host.unit_of_work() as uow:
        payments = valley.host.continuing(uow, Payments)
        found = await payments.methods(valley.id, [strict.id])
    assert [method.key for method in found] == ["card"]


async def test_the_counter_is_paid_part_by_part_and_books_nothing(valley):
    payment = await valley.prepare(method="counter")
    bakery, dairy = valley.orders[payment.order_id]
    assert payment.state is PaymentState.DUE
    assert (await valley.desk.open(payment.id)).url is None

    async with valley.host.unit_of_work() as uow:
        await valley.host.continuing(uow, Payments).received(payment.id, bakery, "key-bakery")
    assert (await valley.payment(payment.id)).state is PaymentState.DUE
    assert await valley.names_told(payment.order_id) == []

    for _ in range(2):
        async with valley.host.unit_of_work() as uow:
            await valley.host.continuing(uow, Payments).received(payment.id, dairy, "key-dairy")
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
    assert await valley.names_told(payment.order_id) == ["payment_succeeded"]
    assert await valley.balances() == {"gateway": 0, "bakery": 0, "dairy": 0}


async def test_a_card_payment_cannot_be_received_at_a_counter(valley):
    payment = await valley.prepare()
    async with valley.host.unit_of_work() as uow:
        with pytest.raises(ConflictError):
            await valley.host.continuing(uow, Payments).received(
                payment.id, valley.orders[payment.order_id][0], "key"
            )


async def test_what_does_not_add_up_is_refused(valley):
    with pytest.raises(InvalidInputError):
        await valley.prepare(amount=Money(1999))
    with pytest.raises(InvalidInputError):
        await valley.prepare(method="barter")
    async with valley.host.unit_of_work() as uow:
        with pytest.raises(NotFoundError):
            await valley.host.continuing(uow, Payments).payment(new_id())


async def test_a_public_administration_takes_no_cards(host, valley):
    async with host.unit_of_work(valley.officer) as uow:
        await host.continuing(uow, Marketplace).set_collecting_entity(
            valley.id,
            organization_id=valley.consortium.lead.id,
            gateway="stripe",
            gateway_settings={},
        )
    async with host.unit_of_work() as uow:
        payments = host.continuing(uow, Payments)
        found = await payments.methods(valley.id, [valley.bakery.id, valley.dairy.id])
    assert [method.key for method in found] == ["counter"]
    with pytest.raises(ConflictError, match="217/2017") as refused:
        await valley.prepare()
    assert refused.value.code == "PUBLIC_PAYEE"


async def test_a_moved_clock_does_not_confuse_the_gateway(valley, move_clock):
    move_clock(clock.now() + timedelta(days=33))
    payment, opened = await valley.checkout()
    assert opened.state is PaymentState.OPEN
    await valley.standin.pay(opened.url)
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID
