"""Rules beyond a plain mix: by kinds, figures and the cost game, with limits; closed and shown."""

from __future__ import annotations

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.errors import InvalidInputError
from arengo_marketplace.members import service as members
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.components import read_adjustment, read_component
from tests.settlements.html import rows_of
from tests.settlements.valley import IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER, STROKES

# Spriana (82 inhabitants) is named by its ISTAT code.
SPRIANA = "014062"
RULE = {
    "parts": [
        {"key": "area", "weight": "25"},
        {"key": "shapley", "weight": "25"},
        {"key": "attribute", "attribute": "altitude", "weight": "25"},
        {"key": "merchants", "weight": "25", "otherwise": "population"},
    ],
    "kinds": {"usage": [{"key": "usage", "meter": STROKES, "weight": "100"}]},
    "exempt": [{"members": [SPRIANA]}],
    "caps": [{"amount": 35_000}],
    "floors": [{"amount": 2_500}],
}
ALTITUDES = {"014019": "960", "014013": "1098", "014036": "1000", SPRIANA: "756,5"}


async def _altitudes(valley):
    for town in valley.towns:
        async with valley.host.unit_of_work(valley.office) as uow:
            await members.set_attributes(
                uow,
                consortium_id=valley.id,
                organization_id=town.id,
                attributes={"altitude": ALTITUDES[town.istat_code]},
            )


async def _shares(valley, settlement):
    shares = await valley.shares(settlement)
    codes = {town.id: town.istat_code for town in valley.towns}
    return {codes[share.organization_id]: share for share in shares}


async def test_it_is_closed_shown_and_taken_back(make_valley, move_clock, make_merchant, visit):
    valley = await make_valley(cost_rule=RULE)
    await _altitudes(valley)
    await make_merchant(valley.id, valley.towns[0].id)
    await valley.enter(90_000, description="Canone")
    await valley.enter(3_501, kind=LineKind.USAGE, description="Rintocchi")
    for town, units in zip(valley.towns, (10, 20, 5, 0), strict=True):
        if units:
            await valley.use(town.id, units)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    shares = await _shares(valley, settlement)

    assert sum(share.amount for share in shares.values()) == 93_501
    assert shares[SPRIANA].amount == 0, "exempt"
    for code, share in shares.items():
        parts = [read_component(one) for one in share.components]
        changed = [read_adjustment(one) for one in share.adjustments]
        assert sum(one.amount for one in [*parts, *changed]) == share.amount
        if code != SPRIANA:
            assert 2_500 <= share.amount <= 35_000
    chiesa = shares["014019"]
    assert {one["reason"] for one in chiesa.adjustments} == {"limit"}
    used = {one["used"] for one in chiesa.components}
    assert used == {"area", "shapley", "attribute", "merchants", "usage"}
    assert {one["kind"] for one in chiesa.components} == {"", "usage"}

    visitor = await visit(valley.town_officer)
    path = f"/office/statements/{chiesa.statement_id}"
    page = await visitor.get(f"{path}/services/{valley.offer.id}?lang=en")
    assert page.status_code == 200
    assert "Caps and floors" in page.text
    assert "Costs of use: By use" in page.text
    assert sum(value for value, _ in rows_of(page.text, "amount")[: len(used) + 1]) == chiesa.amount
    rows = (await visitor.get(f"{path}/csv?lang=it")).text
    assert "Tetti e minimi" in rows

    async with valley.host.unit_of_work(valley.everything()) as uow:
        reversal = await service.reverse(uow, settlement_id=settlement.id, reason="Sbagliato")
    for code, share in (await _shares(valley, reversal)).items():
        assert share.amount == -shares[code].amount
        taken = [read_adjustment(one).amount for one in share.adjustments]
        assert taken == [-read_adjustment(one).amount for one in shares[code].adjustments]


async def test_a_rule_looks_back_on_the_month_before(make_valley, move_clock):
    """Half by what each paid in August, half of the way to equal parts."""
    rule = {
        "parts": [{"key": "equal", "weight": "100"}],
        "phase_in": [{"from": "2026-09-01", "per_cent": "50"}],
    }
    valley = await make_valley()
    await valley.enter(10_000)
    await valley.use(valley.towns[0].id, 4)
    move_clock(IN_SEPTEMBER)
    august = await _shares(valley, await valley.close())
    await valley.divide_by(rule, SEPTEMBER)
    await valley.enter(10_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    for code, share in (await _shares(valley, await valley.close(SEPTEMBER))).items():
        assert abs(share.amount - (august[code].amount + 2_500) / 2) <= 1


async def test_figures_of_members_are_set_by_the_office_alone(valley, visit, make_user):
    officer = await visit(valley.officer)
    town = valley.towns[0]
    path = f"/office/members/{town.id}"
    done = await officer.post(f"{path}/attributes", {"attributes": "altitude = 960,5\nband = alta"})
    assert done.status_code == 303
    page = (await officer.get(path)).text
    assert "altitude = 960.5" in page
    assert "band = alta" in page
    for wrong in ("altitude", "area = 5", "1x = 2", "altitude ="):
        refused = await officer.post(f"{path}/attributes", {"attributes": wrong})
        assert refused.status_code == 400, wrong
    answer = await officer.graphql(
        """mutation($c: ID!, $m: ID!) {
          setMemberAttributes(consortiumId: $c, memberId: $m, attributes: []) {
            member { name } userErrors { message } } }""",
        c=str(global_id("Organization", valley.id)),
        m=str(global_id("Organization", town.id)),
    )
    assert answer["data"]["setMemberAttributes"]["userErrors"] == []
    assert "altitude = 960.5" not in (await officer.get(path)).text


async def test_a_missing_figure_is_named_before_anything_is_closed(make_valley, move_clock):
    valley = await make_valley(cost_rule={"parts": [RULE["parts"][2] | {"weight": "100"}]})
    await valley.enter(10_000)
    move_clock(IN_SEPTEMBER)
    with pytest.raises(InvalidInputError, match="altitude"):
        await valley.close()
