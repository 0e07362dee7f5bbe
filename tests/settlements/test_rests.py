"""What is left of a spread cost: nobody may be there to bear it, and it must never be lost."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core.api.scalars import global_id
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations import service as activating
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.period import Period
from arengo_marketplace.offers import service as offers
from arengo_marketplace.pools import planned, rests
from arengo_marketplace.pools import repository as lines
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.bundle import verify
from tests.settlements.valley import AUGUST, IN_OCTOBER, PLAN, SEPTEMBER

OCTOBER, NOVEMBER = Period.month(2026, 10), Period.month(2026, 11)
LEAVING = datetime(2026, 9, 1, 6, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 2, 8, tzinfo=UTC)


@pytest.fixture
def left_valley(valley, move_clock):
    """A cost of August to November whose members all leave on the first of September."""

    async def make():
        await valley.enter(10_000, last_month=NOVEMBER.start, kind=LineKind.ONE_OFF)
        move_clock(LEAVING)
        async with valley.host.unit_of_work(valley.everything()) as uow:
            running = await activations.of_consortium(uow.session, valley.id, ["active"])
            for one in running:
                await activating.end(uow, valley.host, activation_id=one.id, why="Over")
        move_clock(IN_DECEMBER)
        await valley.close()
        return await line_of(valley, AUGUST)

    return make


async def line_of(valley, month, which=0):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return (await lines.of_month(uow.session, valley.id, month.start))[which]


async def move(valley, line, month=SEPTEMBER, **more):
    async with valley.host.unit_of_work(valley.office) as uow:
        return await rests.move_rest(uow, line_id=line.id, month=month, **more)


async def test_a_cost_that_nobody_is_left_to_bear_goes_to_another_offer(
    valley, left_valley, make_offer, activate, move_clock, visit
):
    line = await left_valley()
    with pytest.raises(ConflictError, match=r"nobody is left to bear «Canone».*move its rest"):
        await valley.close(SEPTEMBER)
    office = await visit(valley.officer)
    shown = (await office.get("/office/settlements/preview?month=2026-09")).text
    assert f"/office/costs/lines/{line.id}" in shown

    move_clock(LEAVING)
    async with valley.host.unit_of_work(valley.office) as uow:
        await offers.withdraw(uow, offer_id=valley.offer.id)
    other = await make_offer(valley.id, "bell", price_plan=PLAN.to_json())
    for town in valley.towns[:2]:
        await activate(town.id, other)
    move_clock(IN_DECEMBER)
    office = await visit(valley.officer)
    page = f"/office/costs/lines/{line.id}"
    assert 'value="2026-09"' in (await office.get(page)).text
    typed = {
        "rest_month": "2026-09",
        "rest_last_month": "2026-08",
        "rest_offer": str(other.id),
    }
    wrong = await office.post(f"{page}/rest", typed)
    assert wrong.status_code == 400
    assert wrong.text.count('value="2026-08"') == 1
    done = await office.post(f"{page}/rest", typed | {"rest_last_month": "2026-10"})
    assert done.status_code == 303, done.text
    rest = await line_of(valley, SEPTEMBER)
    assert (rest.offer_id, rest.rest_of, rest.amount, rest.months) == (other.id, line.id, 7_500, 2)
    whole = (await office.get(page)).text
    assert f"/office/costs/lines/{rest.id}" in whole
    assert "/rest" not in whole
    assert f"{page}" in (await office.get(f"/office/costs/lines/{rest.id}")).text

    taken = []
    for month in (SEPTEMBER, OCTOBER):
        settlement = await valley.close(month)
        taken.append(settlement.costs)
        async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
            assert verify(await service.bundle(uow, settlement.id), BUILT_IN).holds
    assert taken == [3_750, 3_750]
    with pytest.raises(ConflictError, match="No costs"):
        await valley.close(NOVEMBER)


async def test_the_rest_is_due_at_once_and_taken_back(valley, visit):
    await valley.enter(10_000, last_month=NOVEMBER.start, kind=LineKind.ONE_OFF)
    line = await line_of(valley, AUGUST)
    office = await visit(valley.officer)
    mutation = """mutation ($id: ID!, $key: String) { moveRestOfCost(id: $id, month: "2026-09",
        idempotencyKey: $key) { costLine { id amount { amount } month lastMonth restOfId }
        userErrors { field message } } }"""
    key = global_id("CostLine", line.id)
    made = await office.graphql(mutation, id=key, key="once" * 8)
    rest = made["data"]["moveRestOfCost"]["costLine"]
    assert rest["amount"]["amount"] == 7_500
    assert (rest["month"], rest["lastMonth"], rest["restOfId"]) == ("2026-09", "2026-09", str(key))
    assert made == await office.graphql(mutation, id=key, key="once" * 8)
    again = await office.graphql(mutation, id=key, key="twice" * 8)
    assert "elimina prima quella" in again["data"]["moveRestOfCost"]["userErrors"][0]["message"]

    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert await lines.months(uow.session, valley.id, date(2026, 12, 1)) == {
            AUGUST.start,
            SEPTEMBER.start,
        }
    async with valley.host.unit_of_work(valley.office) as uow:
        filled = await planned.fill_in(uow, consortium_id=valley.id, month=SEPTEMBER)
    assert filled.lines
    assert not filled.left_alone
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError, match="remove that one first"):
            await pools.remove(uow, line_id=line.id)
    moved = await line_of(valley, SEPTEMBER)
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.remove(uow, line_id=moved.id)
    restored = await line_of(valley, OCTOBER)
    assert (restored.id, restored.part(OCTOBER.start).amount) == (line.id, 2_500)


async def test_a_rest_is_not_taken_back_over_settled_months(valley, move_clock):
    await valley.enter(10_000, last_month=OCTOBER.start)
    await valley.enter(1, OCTOBER)
    line = await line_of(valley, AUGUST)
    moved = await move(valley, line)
    move_clock(datetime(2026, 11, 2, 8, tzinfo=UTC))
    await valley.close(OCTOBER)
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError, match="2026 is settled"):
            await pools.remove(uow, line_id=moved.id)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"month": AUGUST}, "month"),
        ({"month": NOVEMBER}, "month"),
        ({"last_month": AUGUST.start}, "last_month"),
        ({"last_month": date(2126, 1, 1)}, "last_month"),
    ],
)
async def test_what_makes_no_sense_is_refused(valley, asked, field):
    await valley.enter(10_000, last_month=OCTOBER.start)
    with pytest.raises(InvalidInputError) as refused:
        await move(valley, await line_of(valley, AUGUST), **asked)
    assert refused.value.field == field


async def test_settled_months_keep_their_parts(valley, move_clock):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    line = await line_of(valley, AUGUST)
    move_clock(IN_OCTOBER)
    await valley.close()
    await valley.close(SEPTEMBER)
    with pytest.raises(ConflictError, match="2026 is settled"):
        await move(valley, line, SEPTEMBER)
    assert (await move(valley, line, OCTOBER)).amount == 5_000


@given(
    st.integers(-(10**9), 10**9),
    st.integers(2, 40),
    st.data(),
)
def test_no_cent_is_lost_by_moving(amount, months, data):
    at = data.draw(st.integers(1, months - 1))
    first = AUGUST.start
    cut = Period.months_from(first, at).end
    line = PoolLine(amount=amount, months=months, starts_on=first, currency="EUR", rest_from=cut)
    span = Period.months_from(first, months + 2)
    assert sum(line.part(month.start).amount for month in span.months()) == (
        amount - line.rest.amount
    )
    assert all(line.part(m.start).amount == 0 for m in span.months() if m.start >= cut)
