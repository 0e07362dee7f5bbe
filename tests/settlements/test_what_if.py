"""What-if over a consortium's books: who may ask, what it answers, and that it writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.money import Money, total
from arengo_marketplace.activations.preview import preview
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import ChangeKind
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.whatif import service
from arengo_marketplace.whatif.service import Asked

EQUAL = {"parts": [{"key": "equal", "weight": 100}]}


async def _ask(valley, *asked, caller=None):
    caller = caller or Caller.program([valley.id], [valley.id])
    async with valley.host.unit_of_work(caller, read_only=True) as uow:
        return await service.ask(uow, valley.host, consortium_id=valley.id, asked=asked)


async def test_leaving_is_what_the_preview_of_leaving_says(make_valley):
    valley = await make_valley(forecast="40")
    town = valley.towns[0]
    async with valley.host.unit_of_work(Caller.program([town.id]), read_only=True) as uow:
        previewed = await preview(
            uow, valley.host, offer_id=valley.offer.id, member_id=town.id, leaving=True
        )
    answer = await _ask(valley, Asked(ChangeKind.LEAVES, valley.offer.id, town.id))
    found = {
        one.bearer.organization_id: (one.today, one.afterwards) for one in answer.figures.members
    }
    assert found == {
        one.bearer.organization_id: (one.today, one.afterwards) for one in previewed.figures.changes
    }
    assert found[town.id][1] == Money(0)


async def test_another_rule_divides_the_same_cost(make_valley):
    valley = await make_valley(forecast="40")
    answer = await _ask(valley, Asked(ChangeKind.RULE, valley.offer.id, rule=EQUAL))
    shares = [one.afterwards.amount for one in answer.figures.members]
    assert max(shares) - min(shares) <= 12
    assert total(one.difference for one in answer.figures.members) == Money(0)
    async with valley.host.unit_of_work(
        Caller.program([valley.id], [valley.id]), read_only=True
    ) as uow:
        alone = await service.year_under(
            uow, valley.host, offer=valley.offer, rule=CostRule.from_json(EQUAL)
        )
    assert [one.afterwards.amount for one in alone.members] == shares


async def test_a_use_that_grows_costs_more(make_valley):
    valley = await make_valley(forecast="40")
    more = await _ask(valley, Asked(ChangeKind.USE, meter="bell.strokes", factor=Decimal(3)))
    assert more.figures.afterwards.amount > more.figures.today.amount


async def test_another_plan_and_the_end_of_grants(make_valley):
    valley = await make_valley(forecast="40")
    plan = {"charges": [{"type": "fixed", "label": "Fee", "amount": 120000, "every": "year"}]}
    priced = await _ask(valley, Asked(ChangeKind.PLAN, valley.offer.id, plan=plan))
    assert priced.figures.offers[0].afterwards.amount <= 120000 != priced.figures.today.amount
    ended = await _ask(valley, Asked(ChangeKind.GRANTS))
    assert ended.figures.afterwards.amount >= ended.figures.today.amount


async def test_one_grant_is_chosen_on_the_page_and_by_graphql(make_valley, visit):
    valley = await make_valley(forecast="40")
    window = Period.months_from(date(2026, 8, 1), 24)
    async with valley.host.unit_of_work(valley.office) as uow:
        made = [
            await funding.create(
                uow,
                consortium_id=valley.id,
                data=FundingData(title, Decimal(rate), Money(10**8), window),
            )
            for title, rate in (("Bando Alfa", 50), ("Bando Beta", 20))
        ]
        over = FundingData("Bando Chiuso", Decimal(5), Money(10**8), window)
        gone = await funding.create(uow, consortium_id=valley.id, data=over)
        await funding.end(uow, funding_id=gone.id)
    today = (await _ask(valley)).figures.today.amount
    without = [
        (await _ask(valley, Asked(ChangeKind.GRANTS, grant_id=one.id))).figures.afterwards.amount
        for one in made
    ]
    every = (await _ask(valley, Asked(ChangeKind.GRANTS))).figures.afterwards.amount
    assert today < without[1] < without[0] < every
    with pytest.raises(InvalidInputError) as error:
        await _ask(valley, Asked(ChangeKind.GRANTS, grant_id=gone.id))
    assert error.value.field == "grant_id"

    town = await visit(valley.town_officer)
    changes = [{"kind": "GRANTS", "grantId": global_id("Funding", made[0].id)}]
    found = await town.graphql(ASK, id=global_id("Organization", valley.id), changes=changes)
    assert found["data"]["whatIf"]["afterwards"]["amount"] == without[0]
    shown = await town.get(f"/office/what-if?kind=grants&grant_id={made[0].id}")
    assert "Bando Beta" in shown.text
    assert "Bando Chiuso" not in shown.text
    file = await town.get(f"/office/what-if/csv?kind=grants&grant_id={made[0].id}")
    assert file.status_code == 200


async def test_one_who_left_may_join_again(make_valley, make_consortium):
    valley = await make_valley(forecast="40")
    town = valley.towns[1]
    later = (await _ask(valley)).period.start.replace(day=1)
    again = await _ask(
        valley,
        Asked(ChangeKind.LEAVES, valley.offer.id, town.id),
        Asked(ChangeKind.JOINS, valley.offer.id, town.id, on=later),
    )
    assert [one.difference.amount for one in again.figures.members] == [0] * len(valley.towns)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(ChangeKind.LEAVES), "member_id"),
        (Asked(ChangeKind.JOINS), "member_id"),
        (Asked(ChangeKind.RULE, rule=EQUAL), "offer_id"),
        (Asked(ChangeKind.PLAN, plan={}), "offer_id"),
        (Asked(ChangeKind.GRANTS, on=date(2020, 1, 2)), "on"),
        (Asked(ChangeKind.USE, meter="bell.strokes"), "factor"),
        (Asked(ChangeKind.USE, meter="bell.strokes", factor=Decimal(-1)), "factor"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(valley, asked, field):
    with pytest.raises(InvalidInputError) as error:
        await _ask(valley, asked)
    assert error.value.field == field


async def test_only_those_inside_may_ask(valley, make_consortium, visit):
    other = await make_consortium()
    variables = {"id": global_id("Organization", valley.id), "changes": []}
    inside = await visit(valley.town_officer)
    found = (await inside.graphql(ASK, **variables))["data"]["whatIf"]
    assert len(found["members"]) == len(valley.towns)
    for person in (other.officer, other.lead_officer, None):
        outside = await visit(person) if person else await visit()
        answer = await outside.graphql(ASK, **variables)
        assert answer["data"] is None
        assert answer["errors"]


PAGE = "/office/what-if?kind=leaves&offer_id={offer}&member_id={town}&on="


async def test_the_page_answers_in_a_table_a_drawing_and_a_file(make_valley, visit):
    valley = await make_valley(forecast="40")
    office = await visit(valley.officer)
    empty = await office.get("/office/what-if")
    assert empty.status_code == 200
    assert "<svg" not in empty.text.split("<main")[1].split("</form>")[-1]
    path = PAGE.format(offer=valley.offer.id, town=valley.towns[0].id)
    shown = await office.get(path)
    assert shown.status_code == 200
    assert valley.towns[0].name in shown.text
    file = await office.get(path.replace("what-if?", "what-if/csv?"))
    assert len(file.text.strip().splitlines()) == 1 + len(valley.towns)


async def test_a_fault_on_the_page_keeps_what_was_chosen(valley, visit):
    office = await visit(valley.officer)
    assert (await office.get("/office/what-if?kind=flies")).status_code == 400
    path = f"/office/what-if?kind=use&meter=bell.strokes&factor=much&offer_id={valley.offer.id}"
    shown = await office.get(path)
    assert shown.status_code == 400
    assert 'value="much"' in shown.text


async def test_another_rule_and_other_prices_are_said_in_fields(make_valley, visit):
    valley = await make_valley(forecast="40")
    town = await visit(valley.town_officer)
    asked = {"kind": "rule", "offer_id": str(valley.offer.id)}
    fields = await town.get("/office/what-if", params=asked)
    assert fields.status_code == 200
    assert 'name="part:all:1:weight"' in fields.text
    assert "<svg" not in fields.text.split('id="terms-form"')[1]
    rule = {
        "part:all:1:key": "equal",
        "part:all:1:weight": "100",
        "cap:1:figure": "1,50",
        "cap:1:unit": "per_inhabitant",
        "cap:1:member:1": valley.towns[0].name,
    }
    wrong = await town.post("/office/what-if", asked | rule | {"part:all:1:weight": "90"})
    assert wrong.status_code == 400
    assert 'value="1,50"' in wrong.text
    assert "#f-part:all:1:weight" in wrong.text
    more = await town.post("/office/what-if", asked | rule | {"more_rows": "yes"})
    assert more.status_code == 200
    assert 'name="part:all:4:key"' in more.text
    led = await town.post("/office/what-if", asked | rule)
    assert led.status_code == 303
    answer = await town.get(led.headers["location"])
    assert answer.status_code == 200, answer.text
    assert "<svg" in answer.text.split('id="terms-form"')[1]
    assert 'value="1,50"' in answer.text

    asked["kind"] = "plan"
    assert 'name="yearly"' in (await town.get("/office/what-if", params=asked)).text
    wrong = await town.post("/office/what-if", asked | {"yearly": "much"})
    assert wrong.status_code == 400
    assert 'value="much"' in wrong.text
    led = await town.post("/office/what-if", asked | {"yearly": "1.234,56"})
    answer = await town.get(led.headers["location"])
    assert "1.234,56" in answer.text.split('id="terms-form"')[1]

    for bad in ({"kind": "rule"}, {"kind": "leaves", "offer_id": asked["offer_id"]}):
        assert (await town.post("/office/what-if", bad)).status_code == 400
    assert (await town.get("/office/what-if?kind=rule")).status_code == 400
    refused = await town.get("/office/what-if", params=asked | {"kind": "rule", "rule": "{"})
    assert refused.status_code == 400


ASK = """
query ($id: ID!, $changes: [WhatIfChange!]!) {
  whatIf(consortiumId: $id, changes: $changes) {
    today { amount } afterwards { amount }
    offers { service today { amount } }
    members { memberId difference { amount } perInhabitantAfterwards { amount } offers { service } }
  }
}"""


async def test_a_town_asks_through_graphql(make_valley, visit):
    valley = await make_valley(forecast="40")
    town = await visit(valley.town_officer)
    answer = await town.graphql(
        ASK,
        id=global_id("Organization", valley.id),
        changes=[{"kind": "USE", "meter": "bell.strokes", "factor": "2"}],
    )
    found = answer["data"]["whatIf"]
    assert found["afterwards"]["amount"] > found["today"]["amount"]
    assert [one["service"] for one in found["offers"]] == ["bell"]
    assert len(found["members"]) == len(valley.towns)
