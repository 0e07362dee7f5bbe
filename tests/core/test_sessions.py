"""The list of one's sessions: devices in words, one ended, all others ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from arengo_core import clock
from arengo_core.errors import NotFoundError, UnauthenticatedError
from arengo_core.identity import sessions
from arengo_core.identity.origin import origin_of
from arengo_core.ids import encode_global_id
from arengo_core.testing.fixtures import PASSWORD
from tests.core.test_attempts import _statements

FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36"
)
MINE = "{ sessions { id device isThisOne lastUsedAt } }"


async def _signed_in(visit, person, agent):
    visitor = await visit()
    visitor.http.headers["User-Agent"] = agent
    answer = await visitor.post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 303
    return visitor


async def _rows(host, caller):
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await sessions.own(uow)


async def test_the_page_names_each_device_and_ends_one(visit, make_user):
    person = await make_user()
    desk = await _signed_in(visit, person, FIREFOX)
    phone = await _signed_in(visit, person, PHONE)
    page = (await desk.get("/account?lang=en")).text
    assert "Firefox on Ubuntu" in page
    assert "Chrome Mobile on Android" in page
    assert page.count("This one") == 1
    listed = (await desk.graphql(MINE))["data"]["sessions"]
    assert [(row["device"], row["isThisOne"]) for row in listed] == [
        ("Chrome Mobile on Android", False),
        ("Firefox on Ubuntu", True),
    ]
    assert "/end-others" in page
    other = page.split("/account/sessions/")[1].split("/end")[0]
    await desk.post(f"/account/sessions/{other}/end")
    assert (await phone.get("/account")).status_code == 303
    page = (await desk.get("/account")).text
    assert "Chrome Mobile" not in page
    assert "/end-others" not in page, "there is no other"


async def test_ending_the_others_leaves_this_one_and_other_people(visit, make_user):
    person, other = await make_user(), await make_user()
    here, away, stranger = await visit(person), await visit(person), await visit(other)
    await here.post("/account/sessions/end-others")
    assert (await here.get("/account")).status_code == 200
    assert (await away.get("/account")).status_code == 303
    assert (await stranger.get("/account")).status_code == 200


async def test_nobody_ends_somebody_elses_session(host, visit, make_user, caller_for):
    victim, attacker = await caller_for(await make_user()), await make_user()
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(await caller_for(attacker)) as uow:
            await sessions.end(uow, victim.session_id)
    answer = await (await visit(attacker)).graphql(
        "mutation ($id: ID!) { endSession(sessionId: $id) { ended userErrors { code } } }",
        id=encode_global_id("Session", victim.session_id),
    )
    assert answer["data"]["endSession"]["userErrors"] == [{"code": "NOT_FOUND"}]
    assert len(await _rows(host, victim)) == 1


async def test_the_api_ends_one_and_all_others(host, visit, make_user, caller_for):
    person = await make_user()
    here, one = await visit(person), await caller_for(person)
    await caller_for(person)
    await caller_for(person)
    answer = await here.graphql(
        "mutation ($id: ID!) { endSession(sessionId: $id) { ended } endOtherSessions { ended } }",
        id=encode_global_id("Session", one.session_id),
    )
    assert answer["data"] == {"endSession": {"ended": 1}, "endOtherSessions": {"ended": 2}}
    assert len((await here.graphql(MINE))["data"]["sessions"]) == 1


async def test_a_token_sees_no_sessions(host, make_user, caller_for):
    from dataclasses import replace

    by_token = replace(await caller_for(await make_user()), session_id=None)
    with pytest.raises(UnauthenticatedError):
        await _rows(host, by_token)


async def test_the_last_use_is_noted_every_few_minutes(host, visit, make_user, move_clock):
    visitor = await visit(await make_user())

    async def used():
        answer = await visitor.graphql(MINE)
        return answer["data"]["sessions"][0]["lastUsedAt"]

    first = await used()
    assert await used() == first
    move_clock(clock.now() + timedelta(minutes=6))
    assert await used() > first


async def test_the_list_costs_one_statement(host, make_user, caller_for):
    person = await make_user()
    caller = await caller_for(person)
    for count in (1, 3):
        while len(await _rows(host, caller)) < count:
            await caller_for(person)
        with _statements(host) as found:
            assert len(await _rows(host, caller)) == count
        assert len(found) == 2, "the scope, and the list"


async def test_nothing_of_a_browser_is_kept_but_its_kind(host, make_user):
    person, origin = await make_user(), origin_of("192.0.2.77", FIREFOX, None)
    async with host.unit_of_work() as uow:
        assert await host.identity.sign_in(
            uow, email=person.email, password=PASSWORD, origin=origin
        )
        kept = await uow.session.scalar(
            text("select s::text from core.user_session s where user_id = :u"), {"u": person.id}
        )
    assert "Firefox" in kept
    assert not {"192.0.2.77", "Gecko", "128"} & set(kept.replace("/", " ").split())
    assert "192.0.2.77" not in kept
    assert origin.mark not in kept


def test_an_unknown_program_is_named_so():
    origin = origin_of("192.0.2.1", "nothing known", None)
    assert (origin.browser, origin.system) == ("", "")
