"""Every figure of a statement is followed down to a usage record or a cost line, and re-added."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from arengo_marketplace.pools.models import LineKind
from tests.settlements.html import amounts_in, links_in, rows_of, total_of
from tests.settlements.valley import AUGUST, IN_SEPTEMBER, reading


async def _settled(valley, move_clock, make_merchant):
    shop = await make_merchant(valley.id, valley.towns[0].id)
    await valley.enter(100_001, supplier="Fonderia S.r.l.", document_number="7/2026")
    await valley.enter(3_333, kind=LineKind.USAGE, description="Rintocchi")
    await valley.enter(2_000, kind=LineKind.FEE, description="Tariffe")
    await valley.enter(30_000, kind=LineKind.FUNDING, description="Bando regionale")
    await valley.report([reading(valley.towns[0].id, 3), reading(valley.towns[0].id, "2.5")])
    await valley.report([reading(shop.id, 4), reading(valley.towns[1].id, 11)])
    move_clock(IN_SEPTEMBER)
    return await valley.close(AUGUST)


async def test_every_figure_leads_down_to_its_source(valley, move_clock, make_merchant, visit):
    settlement = await _settled(valley, move_clock, make_merchant)
    visitor = await visit(valley.town_officer)
    statement = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    listed = await visitor.get("/office/statements")
    assert f"/office/statements/{statement.id}" in links_in(listed.text)

    top = await visitor.get(f"/office/statements/{statement.id}")
    assert top.status_code == 200
    services = rows_of(top.text, "amount")
    assert sum(value for value, _ in services) == total_of(top.text) == statement.amount

    leaves = {"records": 0, "lines": 0}
    for share, link in services:
        page = await visitor.get(link)
        assert page.status_code == 200
        tables = amounts_in(page.text)
        assert sum(tables.parts) == share
        assert sum(tables.lines.values()) == tables.net
        for url, amount in tables.lines.items():
            line = await visitor.get(url)
            assert line.status_code == 200
            (value,) = re.findall(r'<data value="(-?\d+)"', line.text)
            assert abs(amount) == abs(int(value))
            leaves["lines"] += 1
        for url, units in tables.usage.items():
            records = await visitor.get(url)
            assert records.status_code == 200
            *single, whole = [
                Decimal(v) for v in re.findall(r'<data value="([\d.]+)"', records.text)
            ]
            assert sum(single) == whole == units == Decimal("9.5")
            leaves["records"] += len(single)
        exact = sum(
            tables.net * Fraction(per_cent) / 100 * weight / whole
            for per_cent, weight, whole in tables.shown
        )
        assert abs(exact - share) < 1
    assert leaves == {"records": 3, "lines": 4}


async def test_no_link_of_a_statement_is_dead(valley, move_clock, make_merchant, visit):
    settlement = await _settled(valley, move_clock, make_merchant)
    visitor = await visit(valley.town_officer)
    statement = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    waiting, seen = [f"/office/statements/{statement.id}"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await visitor.get(path)
        assert answer.status_code == 200, path
        if "html" in answer.headers["content-type"]:
            waiting += [
                link
                for link in links_in(answer.text)
                if link.startswith(("/office/statements/", "/office/usage/"))
            ]
    assert len(seen) > 10


async def test_another_municipality_gets_nothing_of_it(
    valley, move_clock, make_merchant, visit, make_user
):
    from arengo_core.caller import Role

    settlement = await _settled(valley, move_clock, make_merchant)
    other = await visit(await make_user((valley.towns[1].id, Role.MUNICIPAL_OFFICER)))
    statement = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    member = valley.towns[0].id
    for path in (
        f"/office/statements/{statement.id}",
        f"/office/statements/{statement.id}/csv",
        f"/office/statements/{statement.id}/services/{valley.offer.id}",
        f"/office/usage/{member}/records?month=2026-08&meter=bell.strokes",
        f"/office/settlements/{settlement.id}",
    ):
        assert (await other.get(path)).status_code in (403, 404), path
    own = await other.get("/office/statements")
    assert str(statement.id) not in own.text
