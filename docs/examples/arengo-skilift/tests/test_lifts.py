"""Lift reports, with Arengo's own fixtures: a real PostgreSQL, pages, GraphQL, jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from arengo_skilift.contract import LiftReports, LiftState
from arengo_skilift.lifts import reactions, service

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller, Role
from arengo_core.errors import ForbiddenError, InvalidInputError, NotActiveError


@pytest.fixture
async def resort(make_consortium, make_municipality, make_offer, activate):
    """A municipality with the service, one without, of the same consortium."""
    consortium = await make_consortium()
    having = await make_municipality(consortium.id, "014045")
    without = await make_municipality(consortium.id, "014061")
    await activate(having.id, await make_offer(consortium.id, "skilift"))
    return having, without


async def _report(host, caller, organization_id, name="Palù", state="open", note=""):
    async with host.unit_of_work(caller) as uow:
        return await service.report(
            uow, organization_id=organization_id, name=name, state=state, note=note
        )


async def test_a_report_is_seen_by_everybody_in_both_themes(host, resort, visit):
    having, _ = resort
    officer, passer_by = await visit(having.person), await visit()
    refused = await officer.post("/office/lifts", {"name": "Palù", "state": "broken"})
    assert refused.status_code == 400
    assert "Un impianto è aperto o chiuso." in refused.text
    assert 'value="Palù"' in refused.text
    done = await officer.post("/office/lifts", {"name": "Palù", "state": "open", "note": "vento"})
    assert done.status_code == 303
    for visitor, path, theme in (
        (passer_by, "/lifts", "bottega"),
        (officer, "/office/lifts", "civic"),
    ):
        shown = await visitor.get(path)
        assert shown.status_code == 200
        assert f"ar-theme-{theme}" in shown.text
        assert "Palù" in shown.text
        assert "Aperto" in shown.text
        assert "vento" in shown.text
    english = await passer_by.get("/lifts?lang=en")
    assert "Lifts of the valley" in english.text


async def test_nothing_answers_for_a_member_without_the_service(host, resort, caller_for, visit):
    having, without = resort
    with pytest.raises(NotActiveError):
        await _report(host, await caller_for(without.person), without.id)
    assert (await (await visit(without.person)).get("/office/lifts")).status_code == 404
    async with host.unit_of_work(Caller.program([having.id])) as uow:
        reports = await host.capability(uow, LiftReports, having.id)
        assert await reports.lifts(having.id) == []
        with pytest.raises(NotActiveError):
            await host.capability(uow, LiftReports, without.id)


async def test_only_its_own_people_report(host, resort, caller_for, make_user):
    having, without = resort
    for caller in (await caller_for(without.person), await caller_for(await make_user())):
        with pytest.raises(ForbiddenError):
            await _report(host, caller, having.id)
    clerk = await caller_for(await make_user((having.id, Role.CLERK)))
    assert (await _report(host, clerk, having.id)).state == "open"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"state": "unknown?"}, "state"),
        ({"note": "x" * 201}, "note"),
    ],
)
async def test_bad_values_are_named(host, resort, caller_for, values, field):
    having, _ = resort
    with pytest.raises(InvalidInputError) as caught:
        await _report(host, await caller_for(having.person), having.id, **values)
    assert caught.value.field == field


async def test_fields_on_types_of_others(host, resort, visit, caller_for):
    having, without = resort
    await _report(host, await caller_for(having.person), having.id)
    query = "{ me { actingFor { name openLifts } } lifts { name state } }"
    answer = await (await visit(having.person)).graphql(query)
    assert answer["data"]["me"]["actingFor"]["openLifts"] == 1
    assert {"name": "Palù", "state": "open"} in answer["data"]["lifts"]
    answer = await (await visit(without.person)).graphql(query)
    [error] = answer["errors"]
    assert error["message"].startswith("Cannot query field 'openLifts' on type 'Organization'.")


async def test_the_overview_says_how_many_run(host, resort, visit, caller_for):
    having, without = resort
    await _report(host, await caller_for(having.person), having.id)
    assert "Impianti aperti" in (await (await visit(having.person)).get("/office")).text
    assert "Impianti aperti" not in (await (await visit(without.person)).get("/office")).text


async def test_the_mutation_is_the_same_service(resort, visit):
    having, without = resort
    mutation = (
        'mutation($o: ID!) { reportLift(organizationId: $o, name: "Motta", state: "closed")'
        " { lift { name state } userErrors { code } } }"
    )
    done = await (await visit(having.person)).graphql(
        mutation, o=global_id("Organization", having.id)
    )
    assert done["data"]["reportLift"]["lift"] == {"name": "Motta", "state": "closed"}
    refused = await (await visit(without.person)).graphql(
        mutation, o=global_id("Organization", having.id)
    )
    [error] = refused["errors"]
    assert error["message"].startswith("Cannot query field 'reportLift' on type 'Mutation'.")


async def test_reports_are_counted_once_each(host, resort, caller_for, run_jobs):
    from sqlalchemy import text

    having, _ = resort
    caller = await caller_for(having.person)
    for state in ("open", "closed", "open"):
        await _report(host, caller, having.id, state=state)
    for _ in range(2):
        await run_jobs()
    async with host.unit_of_work(Caller.program([having.id])) as uow:
        counted = await uow.session.scalar(
            text(
                "select sum(quantity) from marketplace.usage_record"
                " where organization_id = :o and meter = :m"
            ),
            {"o": having.id, "m": reactions.METER},
        )
    assert counted == 3


async def test_after_a_day_nobody_knows(host, resort, caller_for, move_clock):
    having, _ = resort
    await _report(host, await caller_for(having.person), having.id)
    await reactions.forget_stale(host, {})
    assert await _states(host, having.id) == [LiftState.OPEN]
    move_clock(clock.now() + timedelta(hours=25))
    await reactions.forget_stale(host, {})
    assert await _states(host, having.id) == [LiftState.UNKNOWN]


async def _states(host, organization_id):
    async with host.unit_of_work(Caller.program()) as uow:
        return [lift.state for lift in await service.Reports(uow).lifts(organization_id)]
