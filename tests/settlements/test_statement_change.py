"""A member's own statement beside its month before: by cause and by service, kept once reckoned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.ids import new_id
from arengo_marketplace.costs.comparing import Difference
from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import comparison
from arengo_marketplace.settlements.models import SettlementDifference
from arengo_marketplace.settlements.showing import Row, walk_by_service
from tests.settlements.valley import AUGUST, IN_OCTOBER, SEPTEMBER

OCTOBER = Period.month(2026, 10)
IN_NOVEMBER = datetime(2026, 11, 2, 8, tzinfo=UTC)
ASK = """
query ($id: ID!) { statement(id: $id) { amount { amount } change {
  month statementId amounts { before { amount } now { amount } difference { amount } perCent }
  causes { cause words amount { amount } }
  services { title amounts { difference { amount } } causes { cause amount { amount } } } } } }"""
LIST = """
query ($id: ID!, $first: Int) { statements(organizationId: $id, first: $first) {
  nodes { number change { month causes { cause } } } } }"""


@pytest.fixture
async def months(valley, move_clock):
    """August and September settled: September dearer, with use, less a fee."""
    await valley.enter(40_000)
    move_clock(IN_OCTOBER)
    august = await valley.close(AUGUST)
    await valley.enter(45_001, SEPTEMBER)
    await valley.enter(7_000, SEPTEMBER, kind=LineKind.USAGE, description="Rintocchi")
    await valley.enter(1_000, SEPTEMBER, kind=LineKind.FEE, description="Incassi")
    return august, await valley.close(SEPTEMBER)


async def _own(valley, settlement):
    member = valley.towns[0].id
    return next(s for s in await valley.statements(settlement) if s.organization_id == member)


async def _kept(valley, settlement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        statement = select(func.count()).where(
            SettlementDifference.consortium_id == valley.id,
            SettlementDifference.settlement_id == settlement.id,
        )
        return await uow.session.scalar(statement)


async def test_a_member_sees_why_its_statement_differs_to_the_cent(valley, months, visit):
    august, september = months
    before, now = await _own(valley, august), await _own(valley, september)
    town = await visit(valley.town_officer)
    answer = await town.graphql(ASK, id=global_id("Statement", now.id))
    change = answer["data"]["statement"]["change"]
    assert change["month"] == "2026-08"
    assert change["statementId"] == global_id("Statement", before.id)
    assert change["amounts"]["before"]["amount"] == before.amount
    assert change["amounts"]["now"]["amount"] == now.amount
    difference = now.amount - before.amount
    assert [one["cause"] for one in change["causes"]] == ["usage", "fixed", "fees"]
    assert sum(one["amount"]["amount"] for one in change["causes"]) == difference
    (service,) = change["services"]
    assert service["title"] == "Bell"
    assert sum(one["amount"]["amount"] for one in service["causes"]) == difference

    path = f"/office/statements/{now.id}"
    assert f'href="{path}/change"' in (await town.get(path)).text
    page = (await town.get(f"{path}/change")).text
    assert page.count("<svg") >= 2, "one drawing by cause, one by service"
    assert f'href="/office/statements/{before.id}"' in page
    assert f'href="{path}/services/{valley.offer.id}"' in page
    for cause in ("Uso", "Costi fissi"):
        assert page.count(cause) >= 2, "in the drawing and in the tables"


async def test_first_months_and_credits_stand_beside_nothing(valley, months, visit):
    august, september = months
    reversal = await valley.reverse(september)
    office = await visit(valley.officer)
    for settlement in (august, reversal):
        own = await _own(valley, settlement)
        answer = await office.graphql(ASK, id=global_id("Statement", own.id))
        assert answer["data"]["statement"]["change"] is None
        page = await office.get(f"/office/statements/{own.id}/change")
        assert page.status_code == 200
        assert f'href="/office/statements/{own.id}"' in page.text
        assert "Che cosa è cambiato" in page.text
        assert "<figure" not in page.text


async def test_a_payer_without_a_share_sees_that_there_is_none(
    valley, move_clock, make_merchant, visit, monkeypatch, run_jobs, count_statements
):
    lead = valley.towns[0]
    shop = (await make_merchant(valley.id, lead.id)).organization
    for month in (AUGUST, SEPTEMBER):
        await valley.enter(40_000, month, paid_by=shop.id)
    move_clock(IN_OCTOBER)
    await valley.close(AUGUST)
    september = await valley.close(SEPTEMBER)
    issued = {one.organization_id: one for one in await valley.statements(september)}
    office = await visit(valley.officer)
    page = await office.get(f"/office/statements/{issued[shop.id].id}/change")
    assert page.status_code == 200
    answer = await office.graphql(ASK, id=global_id("Statement", issued[shop.id].id))
    change = answer["data"]["statement"]["change"]
    assert change["amounts"] == {
        "before": None, "now": None, "difference": {"amount": 0}, "perCent": None,
    }  # fmt: skip
    assert (change["causes"], change["services"]) == ([], [])

    reckoned, divided = [], comparison.reckon

    async def reckon(*given):
        reckoned.append(given)
        return await divided(*given)

    monkeypatch.setattr(comparison, "reckon", reckon)
    listed = await office.graphql(LIST, id=global_id("Organization", valley.id), first=50)
    assert len(listed["data"]["statements"]["nodes"]) >= 4
    assert len(reckoned) == 1, "two months are divided once for all their statements"
    await run_jobs()
    with count_statements() as seen:
        again = await office.get(f"/office/statements/{issued[shop.id].id}/change")
    assert again.status_code == 200
    read = [one for one in seen if "settlement_difference" in one]
    assert len(read) == 2
    assert all("settlement_difference.organization_id IN" in one for one in read), read
    assert not any("settled_line" in one for one in seen)


async def test_another_members_change_is_out_of_reach(valley, months, visit, run_jobs):
    await run_jobs()
    other = next(
        one
        for one in await valley.statements(months[1])
        if one.organization_id != valley.towns[0].id
    )
    town = await visit(valley.town_officer)
    assert (await town.get(f"/office/statements/{other.id}/change")).status_code == 404
    async with valley.host.unit_of_work(Caller.program([valley.towns[0].id])) as uow:
        rows = await uow.session.execute(select(SettlementDifference.organization_id))
        assert set(rows.scalars()) == {valley.towns[0].id}


async def test_a_job_keeps_what_the_pages_would_reckon_anew(
    valley, months, run_jobs, count_statements
):
    _, september = months
    assert await _kept(valley, september) == 0

    async def beside():
        async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
            with count_statements() as seen:
                found = await comparison.beside_last(uow, valley.host, september)
        assert found is not None
        return found, any("settled_line" in one for one in seen)

    reckoned, has_read_lines = await beside()
    assert has_read_lines
    await run_jobs()
    assert await _kept(valley, september) == len(valley.towns) + 1
    kept, has_read_lines = await beside()
    assert not has_read_lines
    assert kept.compared == reckoned.compared
    assert list(kept.compared.causes) == list(reckoned.compared.causes)
    assert (kept.titles, kept.names) == (reckoned.titles, reckoned.names)
    await run_jobs()
    assert await _kept(valley, september) == len(valley.towns) + 1


async def test_a_month_settled_anew_is_the_one_before_of_the_next(
    valley, months, run_jobs, visit, move_clock
):
    august, september = months
    await run_jobs()
    await valley.reverse(august)
    await valley.enter(2_000, AUGUST, description="Dimenticato")
    anew = await valley.close(AUGUST)
    own, now = await _own(valley, anew), await _own(valley, september)
    town = await visit(valley.town_officer)

    async def change():
        answer = await town.graphql(ASK, id=global_id("Statement", now.id))
        return answer["data"]["statement"]["change"]

    at_once = await change()
    assert at_once["statementId"] == global_id("Statement", own.id)
    assert at_once["amounts"]["before"]["amount"] == own.amount
    await run_jobs()
    assert await _kept(valley, september) == 2 * (len(valley.towns) + 1)
    assert await change() == at_once


async def test_a_list_of_changes_takes_the_same_statements(
    valley, months, run_jobs, visit, move_clock, count_statements
):
    move_clock(IN_NOVEMBER)
    await valley.enter(45_001, OCTOBER)
    await valley.close(OCTOBER)
    await run_jobs()
    town = await visit(valley.town_officer)
    given = {"id": global_id("Organization", valley.towns[0].id)}
    counts = []
    await town.graphql(LIST, **given, first=3)
    for first in (1, 3):
        with count_statements() as seen:
            answer = await town.graphql(LIST, **given, first=first)
        assert len(answer["data"]["statements"]["nodes"]) == first
        counts.append(len(seen))
    assert counts[0] == counts[1]
    found = [
        one["change"] and one["change"]["month"] for one in answer["data"]["statements"]["nodes"]
    ]
    assert found == ["2026-09", "2026-08", None]


def test_a_drawing_by_service_has_ten_steps_and_the_others_together():
    rows = [Row(new_id(), f"S{number}", Difference(0, 100 - number)) for number in range(12)]
    rows.append(Row(new_id(), "As before", Difference(5, 5)))
    whole = Difference(5, 5 + sum(100 - number for number in range(12)))
    walk = walk_by_service(AUGUST, SEPTEMBER, whole, rows)
    assert [name for name, _ in walk.steps][:10] == [f"S{number}" for number in range(10)]
    assert walk.steps[10][1] == 90 + 89
    assert len(walk.steps) == 11
    assert walk.start[1] + sum(amount for _, amount in walk.steps) == walk.end[1]
