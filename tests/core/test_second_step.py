"""Signing in by two steps: codes work once, recovery codes too, and it ends by the password."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from arengo_core import clock
from arengo_core.errors import ConflictError, InvalidInputError, UnauthenticatedError
from arengo_core.identity import second_step
from arengo_core.identity.attempts import PLACE
from arengo_core.identity.origin import Origin
from arengo_core.identity.service import SecondStepNeeded
from arengo_core.ids import new_id
from arengo_core.testing.fixtures import PASSWORD


def _now(key, beside=0):
    return pyotp.TOTP(key).at(clock.now() + timedelta(seconds=30 * beside))


@pytest.fixture(autouse=True)
def standing_clock(stop_clock):
    """Else the time of a code may be over before it is tried."""
    stop_clock()


@pytest.fixture
async def owner(host, make_user, caller_for):
    """Somebody with a confirmed second step: person, caller, key, recovery codes."""
    person = await make_user()
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        setup = await second_step.begin(uow, host.cipher)
    async with host.unit_of_work(caller) as uow:
        codes = await second_step.confirm(
            uow, host.cipher, host.identity.secret, _now(setup.key, -1)
        )
    return person, caller, setup.key, codes


async def _first(host, person, password=PASSWORD, origin=None):
    async with host.unit_of_work() as uow:
        return await host.identity.sign_in(
            uow, email=person.email, password=password, origin=origin or Origin(new_id().hex)
        )


async def _second(host, needed, code, origin=None):
    async with host.unit_of_work() as uow:
        return await host.identity.sign_in_with_code(
            uow, needed.token, code, origin or Origin(new_id().hex)
        )


async def test_the_password_alone_opens_nothing_and_the_code_does_once(host, owner):
    person, _, key, _ = owner
    needed = await _first(host, person)
    assert isinstance(needed, SecondStepNeeded)
    async with host.unit_of_work() as uow:
        assert await host.identity.caller_of(uow, needed.token, "it") is None
    assert await _second(host, needed, "000000") is None
    code = _now(key)
    assert await _second(host, needed, code)
    with pytest.raises(UnauthenticatedError):
        await _second(host, needed, _now(key, 1))
    again = await _first(host, person)
    assert await _second(host, again, code) is None, "a code that was used is refused"
    assert await _second(host, again, _now(key, 1))


async def test_a_wrong_password_says_nothing_of_a_second_step(host, owner):
    person, *_ = owner
    assert await _first(host, person, "wrong wrong wrong") is None


async def test_codes_of_another_time_are_refused(host, owner):
    person, _, key, _ = owner
    needed = await _first(host, person)
    for beside in (-3, -2, 3):
        assert await _second(host, needed, _now(key, beside)) is None


async def test_a_recovery_code_works_once_however_it_is_typed(host, owner):
    person, caller, _, codes = owner
    assert len(set(codes)) == second_step.RECOVERY_CODES
    assert await _second(host, await _first(host, person), codes[0].upper().replace("-", " "))
    again = await _first(host, person)
    assert await _second(host, again, codes[0]) is None
    assert await _second(host, again, codes[1])
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await second_step.state_of(uow, host.cipher)).codes_left == len(codes) - 2


async def test_codes_cannot_be_tried_without_end(host, owner):
    person, _, key, _ = owner
    place = Origin(new_id().hex)
    needed = await _first(host, person, origin=place)
    for _ in range(PLACE.free):
        assert await _second(host, needed, "000000", place) is None
    assert await _second(host, needed, _now(key), place) is None, "it has to wait"


async def test_the_first_step_is_over_after_ten_minutes(host, owner, stop_clock):
    person, _, key, _ = owner
    needed = await _first(host, person)
    stop_clock(clock.now() + timedelta(minutes=11))
    with pytest.raises(UnauthenticatedError):
        await _second(host, needed, _now(key))


async def test_a_key_that_no_code_confirmed_changes_nothing(host, make_user, caller_for):
    person = await make_user()
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        await second_step.begin(uow, host.cipher)
    with pytest.raises(InvalidInputError):
        async with host.unit_of_work(caller) as uow:
            await second_step.confirm(uow, host.cipher, host.identity.secret, "000000")
    assert isinstance(await _first(host, person), str)


async def test_turning_it_off_needs_the_password(host, owner):
    person, caller, *_ = owner
    with pytest.raises(ConflictError):
        async with host.unit_of_work(caller) as uow:
            await second_step.begin(uow, host.cipher)
    for password, is_off in (("wrong wrong wrong", False), (PASSWORD, True)):
        async with host.unit_of_work(caller) as uow:
            assert await host.identity.end_second_step(uow, password) is is_off
        assert isinstance(await _first(host, person), str) is is_off


async def test_the_key_is_kept_sealed_and_nobody_else_reaches_it(
    host, owner, make_user, caller_for
):
    _, caller, key, codes = owner
    query = text("select s::text, secret from core.second_step s where organization_id = :u")
    async with host.unit_of_work(caller) as uow:
        [(row, secret)] = (await uow.session.execute(query, {"u": caller.user_id})).all()
    assert host.cipher.decrypt(secret) == {"key": key}
    assert not any(value in row for value in (key, *codes))
    async with host.unit_of_work(await caller_for(await make_user())) as uow:
        assert (await uow.session.execute(query, {"u": caller.user_id})).all() == []


async def test_the_pages_turn_it_on_and_let_in(visit, make_user):
    person = await make_user()
    visitor = await visit(person)
    begun = await visitor.post("/account/second-step/begin")
    assert begun.status_code == 303
    page = (await visitor.get("/account/second-step?lang=en")).text
    assert "data:image/svg+xml" in page
    key = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    refused = await visitor.post("/account/second-step/confirm", {"code": "1"})
    assert refused.status_code == 400
    done = await visitor.post("/account/second-step/confirm", {"code": _now(key, -1)})
    codes = re.findall(r"<code>([a-z2-9-]{14})</code>", done.text)
    assert len(codes) == second_step.RECOVERY_CODES
    assert done.headers["cache-control"] == "no-store"
    assert codes[0] not in (await visitor.get("/account/second-step")).text

    new = await visit()
    data = {"email": person.email, "password": PASSWORD, "next": "/account/second-step"}
    entered = await new.post("/sign-in", data)
    assert entered.headers["location"].startswith("/sign-in/code")
    assert (await new.get("/account")).status_code == 303, "not in yet"
    assert (await new.post("/sign-in/code", {"code": "999"})).status_code == 400
    last = await new.post("/sign-in/code", {"code": _now(key), "next": "/account/second-step"})
    assert (last.status_code, last.headers["location"]) == (303, "/account/second-step")
    assert (await new.get("/account")).status_code == 200
    assert (await new.post("/account/second-step/end", {"password": "x"})).status_code == 400
    ended = await new.post("/account/second-step/end", {"password": PASSWORD})
    assert ended.status_code == 303


async def test_the_api_does_the_same(visit, make_user):
    person = await make_user()
    visitor = await visit(person)
    setup = await visitor.graphql("mutation { beginSecondStep { key uri } }")
    key = setup["data"]["beginSecondStep"]["key"]
    assert key in setup["data"]["beginSecondStep"]["uri"]
    confirm = "mutation ($c: String!) { confirmSecondStep(code: $c) { codes } }"
    done = await visitor.graphql(confirm, c=_now(key, -1))
    assert len(done["data"]["confirmSecondStep"]["codes"]) == second_step.RECOVERY_CODES
    state = await visitor.graphql("{ secondStep { isOn recoveryCodesLeft } }")
    assert state["data"]["secondStep"] == {"isOn": True, "recoveryCodesLeft": 10}
    new = await visit()
    sign_in = "mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { token secondStep } }"  # noqa: E501
    first = (await new.graphql(sign_in, e=person.email, p=PASSWORD))["data"]["signIn"]
    assert first["token"] is None
    enter = "mutation ($s: String!, $c: String!) { signInWithCode(step: $s, code: $c) { token userErrors { code } } }"  # noqa: E501
    refused = await new.graphql(enter, s=first["secondStep"], c="000000")
    assert refused["data"]["signInWithCode"]["userErrors"] == [{"code": "UNAUTHENTICATED"}]
    entered = await new.graphql(enter, s=first["secondStep"], c=_now(key))
    new.http.headers["Authorization"] = f"Bearer {entered['data']['signInWithCode']['token']}"
    assert (await new.graphql("{ me { email } }"))["data"]["me"]["email"] == person.email
    end = 'mutation { endSecondStep(password: "%s") { done } }'
    assert (await new.graphql(end % PASSWORD))["data"]["endSecondStep"]["done"]
