"""The fairness report of an offer: its page, its file, GraphQL, and who may read it."""

from __future__ import annotations

import json

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_marketplace.fairness import service

ASK = """
query ($id: ID!, $rule: String) {
  fairness(offerId: $id, rule: $rule) {
    startsOn endsOn withoutNucleolus shapleyErrorPerCent
    total { amount } cost { amount } paidForOthers { amount } leastComplaint { amount }
    members {
      memberId name paysMoreThanAlone paysLessThanItAdds
      share { amount } alone { amount } adds { amount } shapley { amount } scrb { amount }
      nucleolus { amount } subsidy { amount }
    }
    judged { ...Rule }
    tried { ...Rule }
  }
}
fragment Rule on JudgedRule {
  way rule inCore proved group mends complaint { amount } bound { amount } moved { amount }
}"""


def _all_on(town: str) -> str:
    part = {"key": "fixed", "weight": 100, "amounts": {town: "1"}}
    return json.dumps({"parts": [part]})


async def _code(valley, town) -> str:
    office = Caller.program([valley.id], [valley.id])
    async with valley.host.unit_of_work(office, read_only=True) as uow:
        report = await service.judge(uow, valley.host, offer_id=valley.offer.id)
    assert sum(line.share for line in report.figures.lines) == report.figures.total
    return next(code for code, one in report.bearers.items() if one.organization_id == town.id)


async def test_a_rule_that_puts_all_on_one_is_told_and_mended(make_valley, visit):
    valley = await make_valley(forecast="40")
    town = valley.towns[0]
    rule = _all_on(await _code(valley, town))
    officer = await visit(valley.town_officer)
    offer = global_id("Offer", valley.offer.id)
    found = (await officer.graphql(ASK, id=offer, rule=rule))["data"]["fairness"]
    judged = found["judged"]
    own = next(
        one for one in found["members"] if one["memberId"] == global_id("Organization", town.id)
    )
    assert judged["inCore"] is False
    assert judged["group"] == [own["memberId"]]
    assert own["share"] == found["total"]
    assert judged["complaint"]["amount"] == own["share"]["amount"] - own["alone"]["amount"] > 0
    assert own["subsidy"] == found["paidForOthers"]
    assert own["paysMoreThanAlone"]
    mends = [one for one in found["tried"] if one["mends"]]
    assert mends[0]["inCore"]
    assert {"capped", "key", "mixed"} >= {one["way"] for one in mends}
    again = await officer.graphql(ASK, id=offer, rule=mends[0]["rule"])
    assert again["data"]["fairness"]["judged"]["inCore"]
    assert again["data"]["fairness"]["tried"] == []

    path = f"/office/offers/{valley.offer.id}/fairness"
    shown = await officer.get(path, params={"rule": rule})
    assert shown.status_code == 200
    main = shown.text.split("<main")[1]
    assert "<svg" in main
    assert all(one.name in main for one in valley.towns)
    file = await officer.get(f"{path}/csv", params={"rule": rule})
    assert len(file.text.strip().splitlines()) == 1 + len(valley.towns)
    assert path in (await officer.get(f"/office/offers/{valley.offer.id}/rules")).text


async def test_only_those_inside_may_read_it(valley, make_consortium, visit):
    other = await make_consortium()
    offer = global_id("Offer", valley.offer.id)
    path = f"/office/offers/{valley.offer.id}/fairness"
    for person in (other.officer, other.lead_officer, None):
        outside = await visit(person) if person else await visit()
        answer = await outside.graphql(ASK, id=offer)
        assert answer["data"] is None
        assert answer["errors"]
        assert "<table" not in (await outside.get(path)).text


async def test_a_rule_that_cannot_be_is_refused_with_its_fault(valley, visit):
    office = await visit(valley.officer)
    path = f"/office/offers/{valley.offer.id}/fairness"
    shown = await office.get(path, params={"rule": '{"parts": [{"key": "moon", "weight": 100}]}'})
    assert shown.status_code == 400
    assert "moon" in shown.text
    file = await office.get(f"{path}/csv", params={"rule": "{"})
    assert file.status_code == 400
