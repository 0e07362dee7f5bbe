"""Orders that travel: the courier's price in the order, its parcel, and the parcel's news."""

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_delivery.contract import Delivery, ParcelMoved
from arengo_storefront.carts import service as carts
from arengo_storefront.checkout import paying
from arengo_storefront.checkout import service as checkout
from arengo_storefront.checkout.draft import draft_of
from arengo_storefront.checkout.ways import Choice, ways_for
from arengo_storefront.orders import desk, jobs, service
from arengo_storefront.orders.handlers import handlers

ADDRESS = {
    "name": "Anna Prova",
    "email": "anna@example.it",
    "street": "Via Roma 1",
    "postcode": "23020",
    "city": "Lanzada",
    "istat_code": "014036",
}


async def test_a_courier_brings_one_part_and_the_other_is_fetched(
    card_valley, make_offer, activate, run_jobs
):
    valley, host = card_valley, card_valley.host
    offer = await make_offer(valley.consortium.id, "delivery")
    await activate(valley.dairy.id, offer)
    cart_id = await valley.fill((valley.cheese, 2), (valley.bread, 1))
    async with host.unit_of_work() as uow:
        found = await ways_for(
            host,
            uow,
            {valley.dairy.id: 1_000},
            consortium_id=valley.consortium.id,
            istat_code=ADDRESS["istat_code"],
        )
        ways = {way.kind.value: way for way in found[valley.dairy.id]}
    courier = ways["courier"]
    async with host.unit_of_work() as uow:
        view = await carts.show(uow, await carts.reach_open(uow, cart_id))
        checkout.keep_contact(view.cart, ADDRESS)
        await checkout.keep_ways(host, uow, view, {valley.dairy.id: Choice(courier.key)})
    async with host.unit_of_work() as uow:
        draft = await draft_of(host, uow, await carts.show(uow, await carts.reach(uow, cart_id)))
        assert draft.delivery == courier.price
        placed = await checkout.place(
            host,
            uow,
            cart_id=cart_id,
            method="card",
            accepted=True,
            key="key-courier",
            expected_total=2 * 1250 + 320 + courier.price.amount,
        )
    await valley.standin.pay(await paying.open_page(host, placed.payment_id))
    await valley.standin.settle()
    await run_jobs()

    async with host.unit_of_work() as uow:
        dairy, bakery = (await service.by_secret(uow, placed.secret)).parts
        parcel = await host.continuing(uow, Delivery).parcel_of(dairy.id)
        assert parcel is not None
        assert await host.continuing(uow, Delivery).parcel_of(bakery.id) is None
    assert dairy.row.delivery_total == courier.price.amount
    assert dairy.row.delivery_title == "Valley courier", "in no language: a msgid"
    assert bakery.row.delivery_total == 0
    assert sum(part.gross.amount for part in dairy.vat) == dairy.row.total

    keys = {"merchant_id": valley.dairy.id, "merchant_order_id": dairy.id}
    async with host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await desk.ready(host, uow, **keys)
    async with host.unit_of_work() as uow:
        await uow.widen([valley.dairy.id])
        moved = await host.continuing(uow, Delivery).parcel_of(dairy.id)
    assert moved.state.value == "ready"


async def test_the_parcels_news_move_the_order_and_never_back(valley):
    placed = await valley.place((valley.cheese, 1))
    async with valley.host.unit_of_work() as uow:
        part = (await service.by_secret(uow, placed.secret)).parts[0]
    handle = next(h.handle for h in handlers() if h.key == "storefront.parcel_moved")
    seen = []
    for state in ("announced", "in_transit", "in_transit", "delivered", "in_transit", "returned"):
        event = ParcelMoved(valley.dairy.id, part.id, part.id, state)
        async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
            await handle(uow, SimpleNamespace(event=event))
        async with valley.host.unit_of_work() as uow:
            row = (await service.by_secret(uow, placed.secret)).parts[0].row
        seen.append(row.state)
    assert seen == ["placed", "shipped", "shipped", "handed_over", "handed_over", "handed_over"]
    assert row.handed_over_at is not None


async def test_members_with_communications_send_through_them_once(
    valley, make_offer, activate, run_jobs, mailbox
):
    offer = await make_offer(valley.consortium.id, "communications")
    await activate(valley.dairy.id, offer)
    placed = await valley.place((valley.cheese, 1))
    await run_jobs()
    await jobs.order_confirmed(valley.host, {"order": str(placed.order_id)})
    await run_jobs()
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        found = await uow.session.execute(
            text("select count(*) from communications.message where organization_id = :id"),
            {"id": valley.dairy.id},
        )
        assert found.scalar_one() == 2
    mine = [m for m in mailbox.to("anna@example.it") if placed.number in m["subject"]]
    theirs = [m for m in mailbox.to(valley.dairy.person.email) if placed.number in m["subject"]]
    assert (len(mine), len(theirs)) == (1, 1)
    assert placed.secret in mine[0]["text"]
