"""Card orders through the real gateway code, a stand-in Stripe and webhooks over sockets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx

from arengo_core.caller import Caller
from arengo_payments.contract import PaymentDesk
from arengo_payments.testing import APPROVED, DECLINED
from arengo_storefront.checkout import paying
from arengo_storefront.checkout import service as checkout
from arengo_storefront.orders import desk, jobs, service


async def _look(valley, placed):
    async with valley.host.unit_of_work() as uow:
        return await service.by_secret(uow, placed.secret)


async def _arrive(valley, run_jobs):
    await valley.standin.settle()
    await run_jobs()


async def _pay_again(valley, placed):
    async with valley.host.unit_of_work() as uow:
        view = await service.by_secret(uow, placed.secret)
        payment_id = await checkout.pay(valley.host, uow, view)
    return await paying.open_page(valley.host, payment_id)


async def test_one_card_payment_for_two_shops(card_valley, run_jobs, mailbox):
    valley = card_valley
    placed = await valley.place((valley.cheese, 2), (valley.bread, 1), method="card")
    assert await valley.left(valley.cheese) == (20, 2)
    url = await paying.open_page(valley.host, placed.payment_id)
    paid = await valley.standin.pay(url)
    assert paid.location == valley.host.url(f"/orders/{placed.secret}?paid=1")
    await _arrive(valley, run_jobs)
    for event in await valley.standin.events("checkout.session.completed"):
        await valley.standin.redeliver(event["id"], times=3)
    await run_jobs()

    view = await _look(valley, placed)
    assert view.row.state == "confirmed"
    assert view.row.paid_at is not None
    assert [part.row.state for part in view.parts] == ["placed", "placed"]
    assert await valley.left(valley.cheese) == (18, 0)
    subjects = [mail["subject"] for mail in mailbox.to("anna@example.it")]
    assert len([subject for subject in subjects if placed.number in subject]) == 1


async def test_the_money_page_names_each_order(card_valley, run_jobs, visit):
    valley = card_valley
    placed = [await valley.place((valley.cheese, 1), method="card") for _ in range(2)]
    url = await paying.open_page(valley.host, placed[0].payment_id)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as shopper:
        assert f"{placed[0].number}-1" in (await shopper.get(url)).text
    page = await (await visit(valley.dairy.person)).get("/desk/money")
    for one in placed:
        assert f"{one.number}-1" in page.text


async def test_a_declined_card_and_another_one_pay_the_same_order(card_valley, run_jobs, visit):
    valley = card_valley
    placed = await valley.place((valley.cheese, 1), method="card")
    url = await paying.open_page(valley.host, placed.payment_id)
    assert not (await valley.standin.pay(url, DECLINED)).is_paid
    await _arrive(valley, run_jobs)
    assert (await _look(valley, placed)).row.state == "pending"

    visitor = await visit()
    page = await visitor.get(f"/orders/{placed.secret}?back=1")
    assert "non è ancora pagato" in page.text
    leaving = await visitor.post(f"/orders/{placed.secret}/pay")
    assert leaving.status_code == 200, leaving.text
    again = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', leaving.text)[1]
    assert again == url
    assert (await valley.standin.pay(url, APPROVED)).is_paid
    await _arrive(valley, run_jobs)
    assert (await _look(valley, placed)).row.state == "confirmed"
    assert await valley.left(valley.cheese) == (19, 0)


async def test_an_expired_page_is_followed_by_a_new_attempt(card_valley, run_jobs):
    valley = card_valley
    placed = await valley.place((valley.cheese, 1), method="card")
    await paying.open_page(valley.host, placed.payment_id)
    await valley.host.standalone(PaymentDesk).close(placed.payment_id)
    await _arrive(valley, run_jobs)
    assert (await _look(valley, placed)).row.state == "unpaid"
    assert await valley.left(valley.cheese) == (20, 0)

    url = await _pay_again(valley, placed)
    assert await valley.left(valley.cheese) == (20, 1)
    assert (await valley.standin.pay(url)).is_paid
    await _arrive(valley, run_jobs)
    view = await _look(valley, placed)
    assert (view.row.state, view.row.attempt) == ("confirmed", 2)
    assert await valley.left(valley.cheese) == (19, 0)


async def test_paid_after_the_last_piece_went_goes_back_and_both_sides_are_told(
    card_valley, run_jobs, move_clock, mailbox
):
    valley = card_valley
    placed = await valley.place((valley.cheese, 20), (valley.bread, 1), method="card")
    url = await paying.open_page(valley.host, placed.payment_id)
    move_clock(datetime.now(UTC) + timedelta(minutes=37))
    await jobs.release_overdue(valley.host, {})
    other = await valley.place((valley.cheese, 1))
    assert (await valley.standin.pay(url)).is_paid
    await _arrive(valley, run_jobs)
    await _arrive(valley, run_jobs)

    view = await _look(valley, placed)
    assert view.row.state == "cancelled"
    assert [part.row.refunded for part in view.parts] == [20 * 1250, 320]
    assert (await _look(valley, other)).row.state == "confirmed"
    assert await valley.left(valley.cheese) == (19, 0)
    assert await valley.left(valley.bread) == (20, 0)
    refunds = await valley.standin.events("refund.created")
    assert sum(event["data"]["object"]["amount"] for event in refunds) == 20 * 1250 + 320
    told = [mail["subject"] for mail in mailbox.to("anna@example.it")]
    assert any(placed.number in subject and "restituito" in subject for subject in told)
    merchant = [mail["subject"] for mail in mailbox.to(valley.dairy.person.email)]
    assert any(f"{placed.number}-1" in subject for subject in merchant)


async def test_a_merchant_cancels_and_the_card_gets_its_part_back(card_valley, run_jobs):
    valley = card_valley
    placed = await valley.place((valley.cheese, 2), (valley.bread, 1), method="card")
    await valley.standin.pay(await paying.open_page(valley.host, placed.payment_id))
    await _arrive(valley, run_jobs)
    part = (await _look(valley, placed)).parts[0]
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await desk.cancel(
            valley.host,
            uow,
            merchant_id=valley.dairy.id,
            merchant_order_id=part.id,
            reason="Finito il latte",
        )
    await _arrive(valley, run_jobs)
    await _arrive(valley, run_jobs)
    view = await _look(valley, placed)
    assert [(p.row.state, p.row.refunded) for p in view.parts] == [
        ("cancelled", 2500),
        ("placed", 0),
    ]
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        from arengo_storefront.orders import repository

        (refund,) = await repository.refunds_of(uow.session, placed.order_id, [valley.dairy.id])
    assert (refund.state, refund.amount) == ("done", 2500)


async def test_cards_are_offered_only_where_every_shop_takes_them(
    card_valley, make_merchant, visit
):
    valley = card_valley
    async with valley.host.unit_of_work() as uow:
        both = await paying.methods_for(
            valley.host, uow, valley.consortium.id, [valley.dairy.id, valley.bakery.id]
        )
        stranger = await make_merchant(
            valley.consortium.id, valley.consortium.lead.id, name="Senza Carte"
        )
        mixed = await paying.methods_for(
            valley.host, uow, valley.consortium.id, [valley.dairy.id, stranger.id]
        )
    assert [method.key for method in both] == ["card", "counter"]
    assert [method.key for method in mixed] == ["counter"]
    page = await (await visit(stranger.person)).get("/desk/takings")
    assert "non accetta carte" in page.text
    page = await (await visit(valley.dairy.person)).get("/desk/takings")
    assert "accetta carte" in page.text
    assert "non accetta carte" not in page.text
