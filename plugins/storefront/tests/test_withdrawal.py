"""The withdrawal function of art. 54-bis: declared, acknowledged, paid back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_storefront.orders import desk, service
from arengo_storefront.withdrawal import service as withdrawal


async def _look(valley, placed):
    async with valley.host.unit_of_work() as uow:
        return await service.by_secret(uow, placed.secret)


async def _declare(valley, placed, quantities, **who):
    who = {"name": "Anna Prova", "email": "anna@example.it", **who}
    async with valley.host.unit_of_work() as uow:
        view = await service.by_secret(uow, placed.secret)
        return await withdrawal.declare(valley.host, uow, view, quantities=quantities, **who)


async def _hand_over(valley, part):
    async with valley.host.unit_of_work(Caller.program([part.row.organization_id])) as uow:
        await desk.hand_over(
            valley.host,
            uow,
            merchant_id=part.row.organization_id,
            merchant_order_id=part.id,
            received=True,
        )


async def test_before_the_goods_leave_all_is_undone_at_once(valley):
    placed = await valley.place((valley.cheese, 2), (valley.bread, 1))
    line = (await _look(valley, placed)).parts[0].lines[0]
    cases = await _declare(valley, placed, {line.id: 2})
    assert [case.state for case in cases] == ["settled"]
    view = await _look(valley, placed)
    assert [part.row.state for part in view.parts] == ["cancelled", "placed"]
    assert await valley.left(valley.cheese) == (20, 0)
    assert await valley.left(valley.bread) == (19, 0)


async def test_after_delivery_the_merchant_pays_back_when_the_goods_are_here(
    valley, run_jobs, mailbox
):
    placed = await valley.place((valley.cheese, 3))
    part = (await _look(valley, placed)).parts[0]
    await _hand_over(valley, part)
    email = f"receipt-{placed.number.lower()}@example.it"
    cases = await _declare(valley, placed, {part.lines[0].id: 2}, email=email)
    assert (cases[0].state, cases[0].amount) == ("declared", 2 * 1250)
    assert await valley.left(valley.cheese) == (17, 0)
    await run_jobs()
    (mail,) = mailbox.to(email)
    assert placed.number in mail["subject"]
    assert "2 × Formaggio Prova: 25,00\xa0€" in mail["text"]

    async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        await withdrawal.settle(
            valley.host, uow, merchant_id=valley.dairy.id, case_id=cases[0].id, restock=True
        )
    row = (await _look(valley, placed)).parts[0].row
    assert row.refunded == 2 * 1250
    assert await valley.left(valley.cheese) == (19, 0)
    with pytest.raises(ConflictError):
        async with valley.host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
            await withdrawal.settle(
                valley.host, uow, merchant_id=valley.dairy.id, case_id=cases[0].id, restock=True
            )
    assert await valley.left(valley.cheese) == (19, 0)


async def test_exempt_lines_are_named_and_refused(valley, visit):
    fresh = await valley.sell(valley.dairy, "Ricotta Prova", perishable=True)
    placed = await valley.place((fresh, 1), (valley.cheese, 1))
    ricotta, cheese = (await _look(valley, placed)).parts[0].lines
    with pytest.raises(InvalidInputError) as caught:
        await _declare(valley, placed, {ricotta.id: 1, cheese.id: 1})
    assert caught.value.field == f"quantity_{ricotta.id}"
    assert await valley.left(valley.cheese) == (19, 0)
    page = await (await visit()).get(f"/orders/{placed.secret}/withdraw")
    assert "Ricotta Prova" in page.text
    assert "deperibile" in page.text
    assert f"quantity_{ricotta.id}" not in page.text


async def test_fourteen_days_after_delivery_it_is_over(valley, move_clock, visit):
    placed = await valley.place((valley.cheese, 1))
    part = (await _look(valley, placed)).parts[0]
    await _hand_over(valley, part)
    move_clock(datetime.now(UTC) + timedelta(days=13, hours=23))
    assert (await _look(valley, placed)).may_withdraw
    move_clock(datetime.now(UTC) + timedelta(days=14, minutes=1))
    assert not (await _look(valley, placed)).may_withdraw
    with pytest.raises(ConflictError):
        await _declare(valley, placed, {part.lines[0].id: 1})
    page = await (await visit()).get(f"/orders/{placed.secret}")
    assert "recedere dal contratto qui" not in page.text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"email": "nobody"}, "email"), ({"quantity": 9}, None)],
)
async def test_bad_input_changes_nothing(valley, change, field):
    placed = await valley.place((valley.cheese, 1))
    line = (await _look(valley, placed)).parts[0].lines[0]
    quantity = change.pop("quantity", 1)
    with pytest.raises(InvalidInputError) as caught:
        await _declare(valley, placed, {line.id: quantity}, **change)
    assert caught.value.field == (field or f"quantity_{line.id}")
    assert (await _look(valley, placed)).parts[0].row.state == "placed"


async def test_the_two_steps_on_the_pages(valley, visit):
    placed = await valley.place((valley.cheese, 1))
    visitor = await visit()
    order = await visitor.get(f"/orders/{placed.secret}")
    assert re.search(r'href="/orders/[\w-]+/withdraw">recedere dal contratto qui<', order.text)
    page = await visitor.get(f"/orders/{placed.secret}/withdraw")
    assert "conferma recesso" in page.text
    fields = dict(re.findall(r'name="(quantity_[0-9a-f-]+)" value="(\d+)"', page.text))
    assert list(fields.values()) == ["1"]
    nothing = await visitor.post(
        f"/orders/{placed.secret}/withdraw",
        {**dict.fromkeys(fields, "0"), "name": "Anna", "email": "anna@example.it"},
    )
    assert nothing.status_code == 400
    done = await visitor.post(
        f"/orders/{placed.secret}/withdraw",
        {**fields, "name": "Anna", "email": "anna@example.it"},
    )
    assert done.status_code == 303, done.text
    assert (await _look(valley, placed)).parts[0].row.state == "cancelled"
