"""The fairness report of an offer: its page, its file, GraphQL, and who may read it."""

from __future__ import annotations

import json

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Role
from arengo_core.jobs.worker import drain
from arengo_marketplace.fairness import service
from arengo_marketplace.members import service as members

ASK = """
query ($id: ID!, $rule: String) {
  fairness(offerId: $id, rule: $rule) {
    startsOn endsOn reckonedAt withoutNucleolus shapleyErrorPerCent
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
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        asked = await service.question(uow, valley.host, offer_id=valley.offer.id)
    return next(one.rule_id for one in asked.year.members if one.organization_id == town.id)


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
    assert sum(one["share"]["amount"] for one in found["members"]) == found["total"]["amount"]
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


async def test_what_cannot_be_divided_is_told_by_the_task(crowd, visit):
    office = await visit(crowd.officer)
    offer = global_id("Offer", crowd.offer.id)
    cap = {"parts": [{"key": "equal", "weight": 100}], "caps": [{"amount": 1}]}
    begun = (await office.graphql(RECKON, id=offer, rule=json.dumps(cap)))["data"]
    await drain(crowd.host)
    query = "query ($id: ID!) { task(id: $id) { state message } }"
    task = (await office.graphql(query, id=begun["reckonFairness"]["task"]["id"]))["data"]["task"]
    assert task["state"] == "failed", task
    assert "0,04" in task["message"], "the caps of four towns"
    bad = (await office.graphql(RECKON, id=offer, rule="{"))["data"]["reckonFairness"]
    assert [one["field"] for one in bad["userErrors"]] == ["rule"]
    assert bad["task"] is None
    assert (
        await office.post(f"/office/offers/{crowd.offer.id}/fairness", {"rule": "{"})
    ).status_code == 400


async def test_only_those_inside_may_read_it(valley, make_consortium, visit):
    other = await make_consortium()
    offer = global_id("Offer", valley.offer.id)
    path = f"/office/offers/{valley.offer.id}/fairness"
    for person in (other.officer, other.lead_officer, None):
        outside = await visit(person) if person else await visit()
        answer = await outside.graphql(ASK, id=offer)
        assert answer["data"]["fairness"] is None
        assert answer["errors"]
        begun = await outside.graphql(RECKON, id=offer)
        assert not (begun["data"] and begun["data"]["reckonFairness"]["task"])
        assert "<table" not in (await outside.get(path)).text


async def test_a_rule_that_cannot_be_is_refused_with_its_fault(valley, visit):
    office = await visit(valley.officer)
    path = f"/office/offers/{valley.offer.id}/fairness"
    shown = await office.get(path, params={"rule": '{"parts": [{"key": "moon", "weight": 100}]}'})
    assert shown.status_code == 400
    assert "moon" in shown.text
    file = await office.get(f"{path}/csv", params={"rule": "{"})
    assert file.status_code == 400


RECKON = """
mutation ($id: ID!, $rule: String) {
  reckonFairness(offerId: $id, rule: $rule) {
    task { id state title } userErrors { code field message }
  }
}"""


@pytest.fixture
async def crowd(make_valley, monkeypatch):
    """A valley with too many members to wait for the report."""
    monkeypatch.setattr(service, "AT_ONCE", 3)
    return await make_valley(forecast="40")


def _main(answer) -> str:
    return answer.text.split("<main")[1]


async def test_many_members_report_is_worked_out_as_a_task_and_kept(
    crowd, visit, make_user, monkeypatch
):
    office = await visit(crowd.officer)
    path = f"/office/offers/{crowd.offer.id}/fairness"
    empty = _main(await office.get(path))
    assert "<table" not in empty
    assert f'action="{path}"' in empty
    file = await office.get(f"{path}/csv")
    assert file.headers["location"] == path
    begun = await office.post(path, {"rule": ""})
    task = begun.headers["location"]
    assert task.startswith("/office/tasks/")
    assert task in _main(await office.get(path)), "left, the page leads back to the work"
    colleague = await visit(await make_user((crowd.id, Role.CONSORTIUM_OFFICER)))
    for one in (office, colleague):
        again = await one.post(path, {"rule": ""})
        assert again.headers["location"] == task, "the office does not work it out twice at a time"
        assert (await one.get(task)).status_code == 200
    await drain(crowd.host)
    assert (await office.get(f"{task}/result")).headers["location"] == path
    shown = _main(await office.get(path))
    assert all(one.name in shown for one in crowd.towns)

    monkeypatch.setattr(service.Question, "reckon", None)
    town = await visit(crowd.town_officer)
    found = await town.graphql(ASK, id=global_id("Offer", crowd.offer.id))
    kept = found["data"]["fairness"]
    assert kept["reckonedAt"], "what the office asked for serves its members too"
    assert len((await town.get(f"{path}/csv")).text.strip().splitlines()) == 1 + len(crowd.towns)
    async with crowd.host.unit_of_work(crowd.everything()) as uow:
        await members.set_population(
            uow, consortium_id=crowd.id, organization_id=crowd.towns[0].id, population=77
        )
    gone = await town.graphql(ASK, id=global_id("Offer", crowd.offer.id))
    assert gone["data"]["fairness"] is None, "with other figures it does not hold"


async def test_the_report_kept_says_what_the_one_at_once_says(crowd, visit, monkeypatch):
    office = await visit(crowd.officer)
    offer, rule = global_id("Offer", crowd.offer.id), _all_on(await _code(crowd, crowd.towns[0]))
    assert (await office.graphql(ASK, id=offer, rule=rule))["data"]["fairness"] is None
    begun = (await office.graphql(RECKON, id=offer, rule=rule))["data"]["reckonFairness"]
    assert (begun["userErrors"], begun["task"]["state"]) == ([], "queued")
    await drain(crowd.host)
    kept = (await office.graphql(ASK, id=offer, rule=rule))["data"]["fairness"]
    monkeypatch.setattr(service, "AT_ONCE", 14)
    at_once = (await office.graphql(ASK, id=offer, rule=rule))["data"]["fairness"]
    assert kept.pop("reckonedAt")
    assert at_once.pop("reckonedAt") is None
    assert kept == at_once
    assert kept["tried"]
