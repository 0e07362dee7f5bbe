"""What the office is told to look at before it closes a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape

from arengo_core.api.scalars import global_id
from arengo_core.money import Money
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.members import repository as members
from arengo_marketplace.settlements import comparison, reviewing, service
from arengo_marketplace.settlements.warnings import WarningKind
from tests.settlements.html import links_in
from tests.settlements.valley import AUGUST, IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER

CAPPED = {
    "parts": [{"key": "population", "weight": "100"}],
    "caps": [{"amount": 30_000, "every": "month"}],
}
GRANT = FundingData("Bando", Decimal(50), Money(1_000), Period.year(2026))


async def warnings(valley, month, change=25):
    async with valley.host.unit_of_work(valley.office) as uow:
        draft = await service.preview(uow, valley.host, consortium_id=valley.id, period=month)
        beside = await comparison.beside_last(uow, valley.host, draft)
        found = await reviewing.warnings(uow, valley.host, draft, beside, change)
    return {one.kind: one.causes for one in found}


async def test_a_quiet_month_warns_of_nothing_that_the_month_before_would_tell(valley):
    await valley.enter(40_000, document_number="1/2026")
    assert await warnings(valley, AUGUST) == {}


async def test_each_warning_leads_to_what_caused_it(valley, visit, move_clock):
    *_, leaving = valley.towns
    await valley.use(valley.towns[0].id, 12)
    await valley.enter(40_000, document_number="1/2026")
    move_clock(IN_SEPTEMBER)
    await valley.close(AUGUST)
    await valley.use(valley.towns[0].id, 3, date(2026, 8, 6))
    await valley.divide_by(CAPPED, SEPTEMBER)
    async with valley.host.unit_of_work(valley.everything()) as uow:
        await funding.create(uow, consortium_id=valley.id, data=GRANT)
        for row, _ in await members.members_during(
            uow.session, valley.id, SEPTEMBER.start, SEPTEMBER.end, "municipality"
        ):
            if row.organization_id == leaving.id:
                row.population_on = date(2021, 8, 31)
    move_clock(IN_OCTOBER)
    assert set(await warnings(valley, SEPTEMBER)) >= {WarningKind.EMPTY_POOL}
    await valley.enter(90_000, SEPTEMBER)
    found = await warnings(valley, SEPTEMBER)
    assert set(found) == {
        WarningKind.SHARE_CHANGED,
        WarningKind.LATE_RECORDS,
        WarningKind.NO_EVIDENCE,
        WarningKind.OLD_POPULATION,
        WarningKind.LIMIT_BINDS,
        WarningKind.GRANT_USED_UP,
        WarningKind.RULE_CHANGED,
    }
    assert [one.units for one in found[WarningKind.LATE_RECORDS]] == [3]
    assert [one.amount for one in found[WarningKind.NO_EVIDENCE]] == [90_000]
    assert [one.amount for one in found[WarningKind.GRANT_USED_UP]] == [1_000]
    assert sum(one.amount or 0 for one in found[WarningKind.LIMIT_BINDS]) == 0
    assert [one.label for one in found[WarningKind.OLD_POPULATION]] == [f"{leaving.name} (2021)"]
    assert WarningKind.SHARE_CHANGED not in await warnings(valley, SEPTEMBER, 1_000)

    office = await visit(valley.officer)
    page = await office.get("/office/settlements/preview?month=2026-09")
    links = links_in(unescape(page.text))
    for causes in found.values():
        for one in causes:
            assert one.url.partition("#")[0] in links
            if "/votes/" not in one.url:  # no such vote was held here
                assert (await office.get(one.url)).status_code == 200, one.url
    answer = await office.graphql(
        """query ($id: ID!) { previewSettlement(consortiumId: $id, month: "2026-09") {
          warnings { kind words causes { label url amount { amount } units } } } }""",
        id=global_id("Organization", valley.id),
    )
    told = answer["data"]["previewSettlement"]["warnings"]
    assert [one["kind"] for one in told] == [kind.value for kind in found]
    assert "25" in told[0]["words"]
