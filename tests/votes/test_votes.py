"""Votes: previewed, opened, cast, counted once; what passes divides the months after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller, Role
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError
from arengo_core.jobs.worker import drain
from arengo_core.permissions import service as permissions
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import service as offers
from arengo_marketplace.permissions import VOTES
from arengo_marketplace.votes import jobs, minutes, reading, repository, service
from arengo_marketplace.votes.figures import figures_of
from tests.form_fields import sent_of
from tests.settlements.valley import RULE

EQUAL = {"parts": [{"key": "equal", "weight": "100"}]}
AFTERWARDS = datetime(2026, 8, 20, 8, tzinfo=UTC)
PDF = b"%PDF-1.7\nminutes"


async def _draft(valley, **more):
    given = {"offer_id": valley.offer.id, "cost_rule": EQUAL, "why": "Più semplice."} | more
    async with valley.host.unit_of_work(valley.office) as uow:
        return await service.draft(uow, valley.host, **given)


async def _open(valley, vote):
    async with valley.host.unit_of_work(valley.office) as uow:
        offer = await offers.offer_of(uow, valley.offer.id)
        seen = (await figures_of(uow, valley.host, vote, offer)).digest
        return await service.open_vote(uow, valley.host, vote_id=vote.id, seen=seen)


async def _opened(valley, **more):
    return await _open(valley, await _draft(valley, **more))


async def _cast(valley, vote, town, choice):
    caller = Caller.program([town.id, valley.id], [valley.id])
    async with valley.host.unit_of_work(caller) as uow:
        return await service.cast(uow, vote_id=vote.id, member_id=town.id, choice=choice)


async def _close(valley, vote):
    async with valley.host.unit_of_work(valley.office) as uow:
        return await service.close(uow, valley.host, vote_id=vote.id)


async def _offer(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await offers.offer_of(uow, valley.offer.id)


async def test_what_all_approve_divides_from_its_month_on(valley, mailbox):
    vote = await _opened(valley)
    assert (vote.valid_from, vote.closes_on) == (date(2026, 9, 1), date(2026, 8, 16))
    for town in valley.towns[:3]:
        await _cast(valley, vote, town, "yes")
    with pytest.raises(ConflictError):
        await _close(valley, vote)
    await _cast(valley, vote, valley.towns[3], "no")
    await _cast(valley, vote, valley.towns[3], "abstain")
    assert (await _close(valley, vote)).state == "passed"
    now = await _offer(valley)
    assert now.rule_version_at(date(2026, 8, 31)).rule == RULE.to_json()
    taken = now.rule_version_at(date(2026, 9, 1))
    assert (taken.rule, taken.vote_id) == (CostRule.from_json(EQUAL).to_json(), vote.id)
    with pytest.raises(ConflictError):
        await _close(valley, vote)
    with pytest.raises(ConflictError):
        await _cast(valley, vote, valley.towns[0], "no")
    assert len((await _offer(valley)).rule_rows) == 2
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        kept = await repository.ballots(uow.session, vote.id)
    assert [one.choice for one in kept if one.organization_id == valley.towns[3].id] == [
        "no",
        "abstain",
    ]
    await drain(valley.host)
    subjects = [mail["subject"] for mail in mailbox.to(valley.town_officer.email)]
    assert len([one for one in subjects if "Bell" in one]) == 2, "opened, and the outcome"


async def test_the_union_casts_the_ballot_of_a_town_that_let_it(valley, caller_for):
    vote, town = await _opened(valley), valley.towns[0]
    union = await caller_for(valley.officer)
    with pytest.raises(ForbiddenError):
        async with valley.host.unit_of_work(union) as uow:
            await service.cast(uow, vote_id=vote.id, member_id=town.id, choice="yes")
    async with valley.host.unit_of_work(await caller_for(valley.town_officer)) as uow:
        await permissions.delegate(
            uow,
            valley.host,
            town.id,
            permission=VOTES.key,
            delegate_id=valley.id,
            until=clock.today() + timedelta(days=30),
        )
    union = await caller_for(valley.officer)
    async with valley.host.unit_of_work(union) as uow:
        await valley.host.identity.act_for(uow, town.id)
    union = Caller(union.user_id, union.grants, town.id, union.session_id)
    async with valley.host.unit_of_work(union) as uow:
        cast = await service.cast(uow, vote_id=vote.id, member_id=town.id, choice="yes")
    assert (cast.organization_id, cast.cast_for) == (town.id, valley.id)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert (await reading.count_of(uow, vote)).voted == 1


async def test_the_roll_and_its_figures_are_frozen_and_seen_first(valley):
    vote = await _draft(valley)
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError) as refused:
            await service.open_vote(uow, valley.host, vote_id=vote.id, seen="")
    assert refused.value.field == "seen"
    await _open(valley, vote)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        roll = (await repository.roll(uow.session, [vote.id]))[vote.id]
    assert {one.organization_id for one in roll} == {town.id for town in valley.towns}
    assert all(one.population and one.population_on for one in roll)
    assert sum(one.today for one in roll) == sum(one.afterwards for one in roll)
    assert max(one.afterwards for one in roll) - min(one.afterwards for one in roll) <= 12
    other = await _draft(valley, cost_rule={"parts": [{"key": "population", "weight": 100}]})
    with pytest.raises(ConflictError):
        await _open(valley, other)


async def test_the_job_counts_what_is_over_and_reminds_who_has_not_voted(
    valley, move_clock, mailbox
):
    vote = await _opened(valley)
    for town in valley.towns[1:]:
        await _cast(valley, vote, town, "no")
    move_clock(datetime(2026, 8, 15, 8, tzinfo=UTC))
    await jobs.look_after(valley.host, {})
    await jobs.look_after(valley.host, {})
    await drain(valley.host)
    about = [m for m in mailbox.to(valley.town_officer.email) if "Bell" in m["subject"]]
    assert len(about) == 2, "opened, and one reminder"
    move_clock(AFTERWARDS)
    await jobs.look_after(valley.host, {})
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert (await reading.vote_of(uow, vote.id)).state == "rejected"
    assert len((await _offer(valley)).rule_rows) == 1


async def test_a_vote_without_quorum_says_from_when_its_rule_would_have_held(valley, visit):
    vote = await _opened(valley, terms={"quorum": "60"})
    await _cast(valley, vote, valley.towns[1], "yes")
    town = await visit(valley.town_officer)
    path = f"/office/votes/{vote.id}"
    assert "In vigore dal" in (await town.get(path)).text
    async with valley.host.unit_of_work(valley.office) as uow:
        await service.decide(uow, valley.host, await service.own_locked(uow, vote.id))
    for page in (path, "/office/votes"):
        shown = (await town.get(page)).text
        assert "Senza quorum" in shown
        assert "Sarebbe stata in vigore dal" in shown
        assert "In vigore dal" not in shown
    assert len((await _offer(valley)).rule_rows) == 1


async def test_an_assembly_is_recorded_with_its_minutes(valley, visit):
    vote = await _opened(valley)
    ballots = {town.id: "yes" for town in valley.towns}

    async def record():
        async with valley.host.unit_of_work(valley.office) as uow:
            return await service.record_assembly(
                uow, valley.host, vote_id=vote.id, held_on=date(2026, 8, 1), ballots=ballots
            )

    with pytest.raises(ConflictError) as refused:
        await record()
    assert refused.value.field == "minutes"
    with pytest.raises(InvalidInputError):
        minutes.kind_of(b"MZ")
    async with (
        minutes.written(valley.host, PDF) as file,
        valley.host.unit_of_work(valley.office) as uow,
    ):
        await minutes.attach(uow, vote_id=vote.id, name="verbale.pdf", file=file)
    caller = Caller.program([valley.id, *ballots], [valley.id])
    async with valley.host.unit_of_work(caller) as uow:
        done = await service.record_assembly(
            uow, valley.host, vote_id=vote.id, held_on=date(2026, 8, 1), ballots=ballots
        )
    assert done.state == "passed"
    town = await visit(valley.town_officer)
    answer = await town.get(f"/office/votes/{vote.id}/minutes")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert "verbale.pdf" in (await town.get(f"/office/votes/{vote.id}")).text


async def test_only_who_may_votes_and_only_for_its_own(valley, make_user, make_consortium, visit):
    vote = await _opened(valley)
    clerk = await make_user((valley.towns[0].id, Role.CLERK))
    stranger = (await make_consortium()).lead_officer
    for person in (clerk, stranger):
        visitor = await visit(person)
        answer = await visitor.post(f"/office/votes/{vote.id}/cast", {"choice": "yes"})
        assert answer.status_code in {403, 404}
    town = await visit(valley.town_officer)
    assert (await town.post(f"/office/votes/{vote.id}/open", {})).status_code == 403
    cast = await town.graphql(
        """mutation($v: ID!, $m: ID!) { castBallot(id: $v, memberId: $m, choice: "yes") {
          vote { count { voted } } userErrors { code } } }""",
        v=str(global_id("Vote", vote.id)),
        m=str(global_id("Organization", valley.towns[1].id)),
    )
    assert cast["data"] is None or cast["data"]["castBallot"]["userErrors"]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert await repository.ballots(uow.session, vote.id) == []


async def test_ballots_and_roll_cannot_be_changed(valley):
    vote = await _opened(valley)
    await _cast(valley, vote, valley.towns[0], "no")
    for statement in (
        "update marketplace.ballot set choice = 'yes'",
        "delete from marketplace.ballot",
        "update marketplace.elector set population = 1",
    ):
        with pytest.raises(DBAPIError):
            async with valley.host.unit_of_work(valley.everything()) as uow:
                await uow.session.execute(text(statement))


async def test_from_proposal_to_vote_on_the_pages(valley, visit):
    office, town = await visit(valley.officer), await visit(valley.town_officer)
    rules = f"/office/offers/{valley.offer.id}/rules"
    assert f"/office/offers/{valley.offer.id}/votes/new" in (await office.get(rules)).text
    asked = {"part:all:1:key": "equal", "part:all:1:weight": "90", "why": "Perché sì"}
    kept = await office.post(f"/office/offers/{valley.offer.id}/votes", asked)
    assert kept.status_code == 400
    assert "Perché sì" in kept.text
    asked["part:all:1:weight"] = "100"
    made = await office.post(f"/office/offers/{valley.offer.id}/votes", asked)
    assert made.status_code == 303
    place = made.headers["location"]
    assert (await town.get(place)).status_code == 404, "a draft is the office's"
    shown = (await office.get(place)).text
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    assert (await office.post(f"{place}/open", {"seen": "x"})).status_code == 400
    assert (await office.post(f"{place}/open", {"seen": seen})).status_code == 303
    assert f'href="{place}"' in (await town.get("/office")).text
    page = (await town.get(place)).text
    assert f"{place}/cast" in page
    assert f"{place}/withdraw" not in page
    assert (await town.post(f"{place}/cast", {"choice": "perhaps"})).status_code == 400
    assert (await town.post(f"{place}/cast", {"choice": "yes"})).status_code == 303
    assert f'href="{place}"' not in (await town.get("/office")).text
    assert (await office.post(f"{place}/withdraw", {"reason": ""})).status_code == 400
    assert (await office.post(f"{place}/withdraw", {"reason": "Errore"})).status_code == 303
    assert "Errore" in (await town.get(place)).text
    for path in ("/office/votes", rules):
        assert (await town.get(path)).status_code == 200
    saved = await office.post("/office/charter/voting", {"weighing": "mixed", "quorum": "60"})
    assert saved.status_code == 303
    assert (await office.post("/office/charter/voting", {"days": "0"})).status_code == 400


async def test_a_rule_of_every_sort_comes_back_in_the_fields(valley, visit):
    office = await visit(valley.officer)
    name, other = (town.name for town in valley.towns[:2])
    asked = {
        "why": "Perché sì",
        "part:all:1:key": "population",
        "part:all:1:weight": "60,5",
        "part:all:2:key": "fixed",
        "part:all:2:weight": "39,5",
        "part:all:2:table": f"{name}: 250\r\n{other}: 1,5",
        "part:usage:1:key": "usage:bell.strokes",
        "part:usage:1:weight": "100",
        "part:usage:1:otherwise": "population",
        "exempt:1:member:1": name,
        "discount:1:per_cent": "20",
        "discount:1:attribute": "population",
        "discount:1:below": "600",
        "amount:1:member:1": other,
        "amount:1:amount": "12,50",
        "cap:1:figure": "120",
        "cap:1:unit": "against_last_year",
        "floor:1:figure": "1,5",
        "floor:1:unit": "per_inhabitant",
        "floor:1:every": "year",
        "step:1:from": "2027-01-01",
        "step:1:per_cent": "50",
    }
    path = f"/office/offers/{valley.offer.id}/votes"
    more = await office.post(path, asked | {"more_rows": "yes"})
    assert more.status_code == 200
    assert 'name="part:all:5:weight"' in more.text
    made = await office.post(path, asked)
    assert made.status_code == 303, made.text
    place = made.headers["location"]
    stored = await _stored(valley, UUID(place.rsplit("/", 1)[1]))
    assert stored.rule["floors"] == [{"per_inhabitant": "1.5", "every": "year"}]
    assert stored.rule["kinds"]["usage"][0]["otherwise"] == "population"
    page = (await office.get(f"{place}/change")).text
    for value in ("60,5", "39,5", "12,50", "120", "2027-01-01", name):
        assert f'value="{value}"' in page
    assert f"{name}: 250" in page
    sent = sent_of(page)
    assert asked.keys() <= sent.keys()
    assert (await office.post(f"{place}/change", sent)).status_code == 303
    again = await _stored(valley, stored.id)
    assert again.rule == stored.rule, "what is only looked at stays what it is"


async def _stored(valley, vote_id):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await reading.vote_of(uow, vote_id)


async def test_the_list_takes_as_many_statements_for_one_as_for_three(
    valley, visit, count_statements
):
    office = await visit(valley.officer)
    asked = """query($c: ID!) { votes(consortiumId: $c) { id state count { voted } } }"""
    values = {"c": str(global_id("Organization", valley.id))}
    seen = []
    for _ in range(2):
        with count_statements() as statements:
            answer = await office.graphql(asked, **values)
        seen.append((len(answer["data"]["votes"]), len(statements)))
        await _draft(valley)
        await _draft(valley)
        await _draft(valley)
    (_, first), (number, second) = seen
    assert number == 3
    assert second <= first + 2
