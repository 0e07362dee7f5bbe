"""Orders as payments move them: once, late, again, in any order."""

from __future__ import annotations

import io
import json
import random
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Role
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError
from arengo_core.ids import new_id
from arengo_core.privacy import service as privacy
from arengo_storefront.carts import service as carts
from arengo_storefront.checkout import service as checkout
from arengo_storefront.orders import desk, jobs, service
from arengo_storefront.orders.errors import NoSuchOrderError, WrongStateError
from arengo_storefront.orders.handlers import handlers

ANNA = "anna@example.it"  # who buys in the valley


def _handler(name):
    return next(handler.handle for handler in handlers() if handler.key == f"storefront.{name}")


async def _tell(valley, name, order_id, payment_id):
    event = SimpleNamespace(aggregate_id=order_id, payment_id=payment_id)
    async with valley.host.unit_of_work(Caller.program([valley.consortium.id])) as uow:
        await _handler(name)(uow, SimpleNamespace(event=event))


async def _look(valley, placed):
    async with valley.host.unit_of_work() as uow:
        return await service.by_secret(uow, placed.secret)


async def test_a_payment_told_one_to_five_times_in_any_order_pays_once(card_valley):
    valley = card_valley
    for times in range(1, 6):
        placed = await valley.place((valley.cheese, 1), method="card")
        told = ["payment_succeeded"] * times + ["payment_ended"]
        random.Random(times).shuffle(told)
        for name in told:
            await _tell(valley, name, placed.order_id, placed.payment_id)
        view = await _look(valley, placed)
        assert (view.row.state, view.parts[0].row.state) == ("confirmed", "placed")
        assert await valley.left(valley.cheese) == (20 - times, 0)
    assert (await valley.movements(valley.cheese))["sold"] == -5


async def test_stock_is_kept_while_paying_and_let_go_after_its_time(card_valley, move_clock):
    valley = card_valley
    placed = await valley.place((valley.cheese, 3), method="card")
    assert await valley.left(valley.cheese) == (20, 3)
    await jobs.release_overdue(valley.host, {})
    assert await valley.left(valley.cheese) == (20, 3)

    move_clock(datetime.now(UTC) + timedelta(minutes=37))
    await jobs.release_overdue(valley.host, {})
    assert await valley.left(valley.cheese) == (20, 0)
    assert (await _look(valley, placed)).row.state == "unpaid"


async def test_a_late_payment_takes_stock_again_while_there_is_some(card_valley):
    valley = card_valley
    placed = await valley.place((valley.cheese, 3), method="card")
    await _tell(valley, "payment_ended", placed.order_id, placed.payment_id)
    assert await valley.left(valley.cheese) == (20, 0)
    await _tell(valley, "payment_succeeded", placed.order_id, placed.payment_id)
    assert (await _look(valley, placed)).row.state == "confirmed"
    assert await valley.left(valley.cheese) == (17, 0)


async def test_the_desk_goes_step_by_step_and_not_back(valley):
    placed = await valley.place((valley.cheese, 2))
    view = await _look(valley, placed)
    keys = {"merchant_id": valley.dairy.id, "merchant_order_id": view.parts[0].id}
    host, caller = valley.host, Caller.program([valley.dairy.id])

    async with host.unit_of_work(caller) as uow:
        await desk.prepare(uow, **keys)
    async with host.unit_of_work(caller) as uow:
        await desk.ready(host, uow, **keys)
    with pytest.raises(WrongStateError):
        async with host.unit_of_work(caller) as uow:
            await desk.prepare(uow, **keys)
    with pytest.raises(InvalidInputError) as caught:
        async with host.unit_of_work(caller) as uow:
            await desk.hand_over(host, uow, **keys)
    assert caught.value.field == "received"
    async with host.unit_of_work(caller) as uow:
        await desk.hand_over(host, uow, received=True, **keys)
    with pytest.raises(WrongStateError):
        async with host.unit_of_work(caller) as uow:
            await desk.cancel(host, uow, reason="Troppo tardi", **keys)
    row = (await _look(valley, placed)).parts[0].row
    assert row.state == "handed_over"
    assert row.paid_at is not None
    assert row.handed_over_at is not None


async def test_cancelling_puts_the_pieces_back(valley):
    placed = await valley.place((valley.cheese, 2), (valley.bread, 1))
    view = await _look(valley, placed)
    keys = {"merchant_id": valley.dairy.id, "merchant_order_id": view.parts[0].id}
    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await desk.cancel(valley.host, uow, reason="Non c'è più latte", **keys)
    view = await _look(valley, placed)
    assert [part.row.state for part in view.parts] == ["cancelled", "placed"]
    assert await valley.left(valley.cheese) == (20, 0)
    assert await valley.left(valley.bread) == (19, 0)
    assert await valley.movements(valley.cheese) == {"counted": 20, "sold": -2, "returned": 2}


async def test_each_merchant_reaches_its_own_part_alone(valley, make_user, caller_for):
    placed = await valley.place((valley.cheese, 1), (valley.bread, 1))
    view = await _look(valley, placed)
    dairy, bakery = view.parts
    caller = await caller_for(valley.dairy.person)
    officer = await caller_for(valley.consortium.officer)
    async with valley.host.unit_of_work(caller) as uow:
        assert (await desk.look(uow, valley.dairy.id, dairy.id)).row.number == dairy.row.number
        with pytest.raises(NoSuchOrderError):
            await desk.look(uow, valley.dairy.id, bakery.id)
        with pytest.raises(ForbiddenError):
            await desk.look(uow, valley.bakery.id, bakery.id)
    from sqlalchemy import func, select

    from arengo_storefront.notices.models import Notice
    from arengo_storefront.orders.models import MerchantOrder, Order, OrderLine

    async def seen(who, table):
        async with valley.host.unit_of_work(who) as uow:
            statement = select(func.count()).select_from(table)
            if hasattr(table, "order_id"):
                statement = statement.where(table.order_id == placed.order_id)
            return (await uow.session.execute(statement)).scalar_one()

    assert await seen(caller, MerchantOrder) == 1
    assert await seen(caller, OrderLine) == 1
    for who in (officer, Caller()):
        for table in (Order, MerchantOrder, OrderLine, Notice):
            assert await seen(who, table) == 0


async def test_a_clerk_prepares_but_does_not_cancel(valley, make_user, caller_for):
    clerk = await caller_for(await make_user((valley.dairy.id, Role.CLERK)))
    placed = await valley.place((valley.cheese, 1))
    part = (await _look(valley, placed)).parts[0]
    keys = {"merchant_id": valley.dairy.id, "merchant_order_id": part.id}
    async with valley.host.unit_of_work(clerk) as uow:
        await desk.prepare(uow, **keys)
    with pytest.raises(ForbiddenError):
        async with valley.host.unit_of_work(clerk) as uow:
            await desk.cancel(valley.host, uow, reason="No", **keys)
    assert (await _look(valley, placed)).parts[0].row.state == "preparing"


async def test_both_sides_get_each_mail_once_however_often_the_job_runs(
    valley, run_jobs, mailbox, make_user
):
    placed = await valley.place((valley.cheese, 1), (valley.bread, 1))
    await run_jobs()
    for _ in range(2):
        await jobs.order_confirmed(valley.host, {"order": str(placed.order_id)})
    await run_jobs()
    mine = [mail for mail in mailbox.to("anna@example.it") if placed.number in mail["subject"]]
    assert len(mine) == 1
    merchants = [
        mail for mail in mailbox.to(valley.dairy.person.email) if placed.number in mail["subject"]
    ]
    assert len(merchants) == 1


async def test_usage_counts_each_merchant_order_once(valley, run_jobs):
    placed = await valley.place((valley.cheese, 1), (valley.bread, 1))
    await run_jobs()
    await jobs.order_confirmed(valley.host, {"order": str(placed.order_id)})
    from arengo_marketplace.contract import Marketplace, UsageReading

    view = await _look(valley, placed)
    caller = Caller.program([valley.dairy.id], [valley.consortium.id])
    async with valley.host.unit_of_work(caller) as uow:
        new = await valley.host.continuing(uow, Marketplace).report_usage(
            [
                UsageReading(
                    "storefront.orders",
                    valley.dairy.id,
                    Decimal(1),
                    clock.now(),
                    str(view.parts[0].id),
                )
            ]
        )
    assert new == 0


async def test_a_guests_order_is_in_their_copy_and_stays_when_they_are_erased(valley):
    placed = await valley.place((valley.cheese, 1))
    host = valley.host
    left = await valley.fill((valley.bread, 1))
    async with host.unit_of_work() as uow:
        checkout.keep_contact(await carts.reach_open(uow, left), {"name": "Anna", "email": ANNA})
    async with host.unit_of_work(Caller.program()) as uow:
        copy = zipfile.ZipFile(io.BytesIO(await privacy.export_of(uow, host, "ANNA@example.it")))
        strangers = await privacy.export_of(uow, host, f"{new_id().hex}@example.it")
        outcomes = await privacy.erase_of(uow, host, ANNA)
    kept = json.loads(copy.read("storefront.json"))
    assert str(placed.order_id) in {row["id"] for row in kept["shop_order"]["rows"]}
    assert {row["email"] for row in kept["shop_order"]["rows"]} == {ANNA}
    assert zipfile.ZipFile(io.BytesIO(strangers)).namelist() == []
    assert str(left) in {row["id"] for row in kept["cart"]["rows"]}
    async with host.unit_of_work() as uow:
        cart = await carts.reach_open(uow, left)
    assert (cart.name, cart.email) == ("", "")
    async with host.unit_of_work(
        Caller.program([valley.consortium.id, valley.dairy.id]), read_only=True
    ) as uow:
        noted = select(AuditEntry).where(AuditEntry.action == "guest.erased")
        [entry] = (await uow.session.scalars(noted)).all()
    assert entry.organization_id == valley.consortium.id, "whose the carts are; orders stay"
    theirs = [row["consortium_id"] for row in kept["cart"]["rows"]]
    assert entry.details == {"rows": theirs.count(str(valley.consortium.id))}
    stays = {one.holding.table.name: one.is_kept for one in outcomes}
    assert stays["shop_order"] is True
    assert (await _look(valley, placed)).row.email == ANNA
    with pytest.raises(ConflictError):
        async with host.unit_of_work(Caller.program()) as uow:
            await privacy.export_of(uow, host, valley.dairy.person.email)
