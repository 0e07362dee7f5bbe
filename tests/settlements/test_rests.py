"""What is left of a spread cost: nobody may be there to bear it, and it must never be lost."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core.api.scalars import global_id
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.i18n import set_locale
from arengo_core.money import Money
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations import service as activating
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.period import Period
from arengo_marketplace.offers import service as offers
from arengo_marketplace.pools import planned, rests
from arengo_marketplace.pools import repository as lines
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind, PoolLine
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.bundle import verify
from tests.settlements.test_bundle import SCHEMA
from tests.settlements.valley import AUGUST, IN_OCTOBER, PLAN, SEPTEMBER
from tests.waiting import until_waited_for

OCTOBER, NOVEMBER = Period.month(2026, 10), Period.month(2026, 11)
LEAVING = datetime(2026, 9, 1, 6, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 2, 8, tzinfo=UTC)


@pytest.fixture
def left_valley(valley, move_clock):
    """A cost of August to November whose members all leave on the first of September."""

    async def make():
        await valley.enter(10_000, last_month=NOVEMBER.start, kind=LineKind.ONE_OFF)
        move_clock(LEAVING)
        await leave(valley)
        move_clock(IN_DECEMBER)
        await valley.close()
        return await line_of(valley, AUGUST)

    return make


async def leave(valley):
    """All members of all services end them."""
    async with valley.host.unit_of_work(valley.everything()) as uow:
        for one in await activations.of_consortium(uow.session, valley.id, ["active"]):
            await activating.end(uow, valley.host, activation_id=one.id, why="Over")


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


@pytest.fixture
def other_offer(valley, make_offer, activate, move_clock):
    """Another service, which two towns have from the second of September on."""

    async def make():
        move_clock(LEAVING)
        async with valley.host.unit_of_work(valley.office) as uow:
            await offers.withdraw(uow, offer_id=valley.offer.id)
        await leave(valley)
        other = await make_offer(valley.id, "bell", price_plan=PLAN.to_json())
        for town in valley.towns[:2]:
            await activate(town.id, other)
        return other

    return make


async def test_the_rest_of_another_services_cost_stands_beside_the_plan(
    valley, other_offer, move_clock
):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    other = await other_offer()
    rest = await move(valley, await line_of(valley, AUGUST), offer_id=other.id)
    move_clock(IN_DECEMBER)

    async def fill(month):
        async with valley.host.unit_of_work(valley.office) as uow:
            done = await planned.fill_in(
                uow, consortium_id=valley.id, month=month, offer_id=other.id
            )
        return [line.description for line in done.lines], bool(done.left_alone)

    assert await fill(SEPTEMBER) == (["Canone"], False)
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.remove(uow, line_id=rest.id)
    line = await line_of(valley, AUGUST)
    again = await move(valley, line, offer_id=other.id, last_month=OCTOBER.start)
    await move(valley, again, OCTOBER)
    assert await fill(OCTOBER) == (["Canone"], False), "the rest of a rest is no invoice either"


async def test_the_rest_of_a_services_own_cost_is_its_invoice(valley):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    await move(valley, await line_of(valley, AUGUST))
    async with valley.host.unit_of_work(valley.office) as uow:
        done = await planned.fill_in(uow, consortium_id=valley.id, month=SEPTEMBER)
    assert (done.lines, len(done.left_alone)) == ((), 1)


async def test_after_a_move_nothing_is_said_to_be_left(valley, visit, move_clock):
    await valley.enter(2_000_000, last_month=NOVEMBER.start)
    line = await line_of(valley, AUGUST)
    set_locale("en")
    rest = await move(valley, line, OCTOBER)
    assert rest.description == "Canone: rest of what is spread since August 2026"
    set_locale("it")
    office = await visit(valley.officer)
    shown = (await office.get("/office/costs?month=2026-08")).text
    assert "parte 1 di 4; restano 5.000,00" in shown
    borne = "altra riga porta 10.000,00"
    assert borne in shown
    shown = (await office.get("/office/costs?month=2026-09")).text
    assert "parte 2 di 4; restano 0,00" in shown
    move_clock(IN_OCTOBER)
    await valley.close()
    settlement = await valley.close(SEPTEMBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        made = await service.bundle(uow, settlement.id)
    (settled,) = made["services"][0]["lines"]
    assert settled["spread"]["rest_from"] == "2026-10-01"
    jsonschema.validate(made, SCHEMA)
    assert verify(made, BUILT_IN).holds
    office = await visit(valley.officer)
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.remove(uow, line_id=rest.id)
    page = f"/office/settlements/{settlement.id}/services/{valley.offer.id}"
    assert borne in (await office.get(page)).text, "as it was settled"
    statement = (await valley.statements(settlement))[0]
    page = f"/office/statements/{statement.id}/services/{valley.offer.id}"
    assert borne in (await office.get(page)).text
    link = re.search(
        rf"/office/statements/{statement.id}/lines/[0-9a-f-]+", (await office.get(page)).text
    )
    assert link
    assert borne in (await office.get(link[0])).text


async def test_a_rest_that_nobody_bears_is_removed_and_moved_anew(
    valley, other_offer, activate, move_clock
):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    other = await other_offer()
    line = await line_of(valley, AUGUST)
    rest = await move(valley, line, OCTOBER, offer_id=other.id)
    move_clock(datetime(2026, 9, 2, 6, tzinfo=UTC))
    await leave(valley)
    move_clock(IN_DECEMBER)
    await valley.close()
    with pytest.raises(ConflictError, match=r"remove it on its page, then move the rest of that"):
        await valley.close(OCTOBER)
    with pytest.raises(InvalidInputError, match="remove it, and move the rest of that one"):
        await move(valley, rest, NOVEMBER)


async def _both(valley, first, second):
    """Do two things at once, the second while the first is not committed; the second's outcome."""

    async def do(act):
        async with valley.host.unit_of_work(valley.office) as uow:
            await act(uow)

    async with valley.host.unit_of_work(valley.office) as uow:
        await first(uow)
        await uow.session.flush()
        task = asyncio.create_task(do(second))
        await until_waited_for(uow.session)
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return outcome


async def _sum(valley):
    """All parts of all lines from August to November."""
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return sum(
            [
                line.part(month.start).amount
                for month in Period(AUGUST.start, NOVEMBER.end).months()
                for line in await lines.of_month(uow.session, valley.id, month.start)
            ]
        )


async def test_a_line_is_not_corrected_or_removed_while_its_rest_is_moved(valley):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    line = await line_of(valley, AUGUST)
    data = LineData(
        valley.offer.id, AUGUST.start, LineKind.FIXED, "Canone", Money(90_000), NOVEMBER.start
    )
    outcome = await _both(
        valley,
        lambda uow: rests.move_rest(uow, line_id=line.id, month=SEPTEMBER),
        lambda uow: pools.change(uow, line_id=line.id, data=data),
    )
    assert isinstance(outcome, ConflictError)
    assert await _sum(valley) == 10_000
    rest = await line_of(valley, SEPTEMBER)
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.remove(uow, line_id=rest.id)
    outcome = await _both(
        valley,
        lambda uow: rests.move_rest(uow, line_id=line.id, month=SEPTEMBER),
        lambda uow: pools.remove(uow, line_id=line.id),
    )
    assert isinstance(outcome, ConflictError)
    assert await _sum(valley) == 10_000


@pytest.mark.parametrize("moved_first", [True, False])
async def test_a_rest_is_not_taken_back_while_the_rest_of_it_is_moved(valley, moved_first):
    await valley.enter(10_000, last_month=NOVEMBER.start)
    line = await line_of(valley, AUGUST)
    rest = await move(valley, line, last_month=NOVEMBER.start)
    acts = [
        lambda uow: rests.move_rest(uow, line_id=rest.id, month=OCTOBER),
        lambda uow: pools.remove(uow, line_id=rest.id),
    ]
    first, second = acts if moved_first else acts[::-1]
    outcome = await _both(valley, first, second)
    assert isinstance(outcome, ConflictError if moved_first else NotFoundError)
    assert await _sum(valley) == 10_000


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
