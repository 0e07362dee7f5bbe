"""The public budget: only where the office chose it, only settled months, no business named."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.caller import ANONYMOUS, Caller
from arengo_core.errors import ForbiddenError, UnauthenticatedError
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.budget import publishing
from arengo_marketplace.pools.models import LineKind
from tests.settlements.test_funding import grant
from tests.settlements.valley import AUGUST, IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER

QUERY = """query($c: ID!) { publicBudget(consortiumId: $c) {
  year months total { costs { amount } net { amount } } grants { title amount { amount } }
  members { name population amount { amount } perInhabitant { amount } } } }"""


async def switch(valley, publishes=True):
    async with valley.host.unit_of_work(valley.office) as uow:
        await publishing.switch(uow, consortium_id=valley.id, publishes=publishes)


async def slug_of(valley):
    async with valley.host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        return (await organizations.get(uow.session, valley.id)).slug


async def settled(valley, move_clock):
    await grant(valley)
    await valley.enter(50_000)
    await valley.enter(4_000, kind=LineKind.FEE)
    await valley.enter(1_000, kind=LineKind.FUNDING, description="Dono")
    move_clock(IN_SEPTEMBER)
    return await valley.close()


async def test_it_is_public_once_the_office_says_so(valley, move_clock, visit):
    settlement = await settled(valley, move_clock)
    path = f"/budget/{await slug_of(valley)}"
    anybody = await visit()
    assert (await anybody.get(path)).status_code == 404
    assert (await anybody.graphql(QUERY, c=str(global_id("Organization", valley.id))))["data"] == {
        "publicBudget": None
    }

    office = await visit(valley.officer)
    done = await office.post("/office/budget", {"publishes": "yes"})
    assert done.status_code == 303
    assert path in (await office.get("/office/charter")).text
    shown = await anybody.get(path)
    assert shown.status_code == 200
    assert "Bando SYS2" in shown.text
    assert shown.text.count('class="map-shade"') == len(valley.towns), "each is on the map"
    budget = (await anybody.get(f"{path}/json")).json()
    assert budget["total"] == {"costs": 50_000, "fees": 4_000, "funding": 31_000, "net": 15_000}
    assert budget["grants"] == [
        {"title": "Bando SYS2", "amount": 30_000},
        {"title": None, "amount": 1_000},
    ]
    assert sum(one["amount"] for one in budget["members"]) == settlement.net == 15_000
    assert {one["name"] for one in budget["members"]} == {town.name for town in valley.towns}
    rows = list(csv.reader(io.StringIO((await anybody.get(f"{path}/csv")).text), delimiter=";"))
    assert len(rows) == 1 + 4 + 2 + len(budget["members"])
    asked = await anybody.graphql(QUERY, c=str(global_id("Organization", valley.id)))
    assert asked["data"]["publicBudget"]["months"] == ["2026-08"]
    assert [one["amount"]["amount"] for one in asked["data"]["publicBudget"]["members"]] == [
        one["amount"] for one in budget["members"]
    ]

    await switch(valley, publishes=False)
    assert (await anybody.get(path)).status_code == 404
    async with valley.host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        assert not await uow.session.scalar(
            text("select count(*) from marketplace.published_month where organization_id = :o"),
            {"o": valley.id},
        )


async def test_a_month_comes_when_it_closes_and_goes_when_it_is_taken_back(
    valley, move_clock, visit
):
    await switch(valley)
    first = await settled(valley, move_clock)
    path = f"/budget/{await slug_of(valley)}/json"
    anybody = await visit()
    assert (await anybody.get(path)).json()["months"] == ["2026-08"]
    await valley.enter(8_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    await valley.close(SEPTEMBER)
    both = (await anybody.get(path)).json()
    assert both["months"] == ["2026-08", "2026-09"]
    assert both["total"]["costs"] == 58_000
    await valley.reverse(first)
    assert (await anybody.get(path)).json()["months"] == ["2026-09"]
    await valley.close(AUGUST)
    again = (await anybody.get(path)).json()
    assert (again["months"], again["total"]["costs"]) == (both["months"], 58_000)
    wrong = await anybody.get(f"{path}?year=2019")
    assert wrong.status_code == 400
    assert "2026" in wrong.text


async def test_no_business_is_named(make_valley, make_merchant, activate, move_clock, visit):
    valley = await make_valley(
        cost_bearers="merchants", cost_rule={"parts": [{"key": "equal", "weight": "100"}]}
    )
    shop = await make_merchant(valley.id, valley.towns[0].id)
    await activate(shop.id, valley.offer)
    await switch(valley)
    await valley.enter(9_000)
    move_clock(IN_SEPTEMBER)
    await valley.close()
    anybody = await visit()
    path = f"/budget/{await slug_of(valley)}"
    assert (await anybody.get(f"{path}/json")).json()["members"] == [
        {
            "istat_code": None,
            "name": None,
            "population": None,
            "amount": 9_000,
            "per_inhabitant": None,
        }
    ]
    assert shop.organization.name not in (await anybody.get(path)).text


async def test_only_the_office_decides(valley):
    town = Caller.program([valley.towns[0].id])
    with pytest.raises((ForbiddenError, UnauthenticatedError)):
        async with valley.host.unit_of_work(town) as uow:
            await publishing.switch(uow, consortium_id=valley.id, publishes=True)


async def test_pages_of_grants(valley, move_clock, visit):
    office = await visit(valley.officer)
    typed = {
        "title": "Bando SYS2",
        "rate": "33,5",
        "cap": "1.608.615,45",
        "first_month": "2026-08",
        "last_month": "2029-01",
        "kinds": "fixed",
        "report_due_on": "2026-09-20",
    }
    wrong = await office.post("/office/funding/new", typed | {"rate": "101"})
    assert wrong.status_code == 400
    assert 'value="101"' in wrong.text
    assert "1.608.615,45" in wrong.text
    made = await office.post("/office/funding/new", typed)
    assert made.status_code == 303
    path = made.headers["location"]
    assert "33,5" in (await office.get(f"{path}/change")).text
    await valley.enter(50_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    office = await visit(valley.officer)
    page = (await office.get(path)).text
    assert f"/office/settlements/{settlement.id}/services/{valley.offer.id}" in page
    assert "167,50" in page
    assert "Bando SYS2" in (await office.get("/office")).text, "its report is due"
    refused = await office.post(f"{path}/change", typed | {"rate": "10"})
    assert refused.status_code == 400
    assert (await office.post(f"{path}/report", {})).status_code == 303
    assert "20 settembre 2026" not in (await office.get("/office")).text
    assert (await office.post(f"{path}/end", {})).status_code == 303
    listed = await office.get("/office/funding")
    assert "concluso" in listed.text


async def test_lists_of_grants_take_the_same_statements(valley, count_statements, visit):
    asked = (
        "query($c: ID!) { fundings(consortiumId: $c) { title left { amount } months { month } } }"
    )
    office = await visit(valley.officer)
    counts = []
    for times in (1, 2):
        for _ in range(times):
            await grant(valley, cap=Money(1_000))
        with count_statements() as seen:
            answer = await office.graphql(asked, c=str(global_id("Organization", valley.id)))
        counts.append((len(answer["data"]["fundings"]), len(seen)))
    assert [rows for rows, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1], counts
