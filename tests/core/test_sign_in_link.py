"""Signing in by a mailed link: once, for a quarter of an hour, only with a click."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_core.errors import NotFoundError
from arengo_core.identity import second_step
from arengo_core.identity.service import SecondStepNeeded
from tests.core.test_second_step import _now


async def _link(host, person, run_jobs, mailbox):
    async with host.unit_of_work() as uow:
        await host.identity.request_sign_in_link(uow, person.email.upper())
    await run_jobs()
    return re.search(r"/sign-in/link/([\w-]+)", mailbox.to(person.email)[-1]["text"])[1]


async def _enter(host, token):
    async with host.unit_of_work() as uow:
        return await host.identity.sign_in_with_link(uow, token)


async def test_the_link_signs_in_by_a_click_and_once(visit, make_user, host, run_jobs, mailbox):
    person, visitor = await make_user(), await visit()
    asked = await visitor.post("/sign-in/link", {"email": person.email})
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    await run_jobs()
    [mail] = mailbox.to(person.email)
    path = re.search(r"/sign-in/link/[\w-]+", mail["text"])[0]
    for _ in range(2):
        assert (await visitor.get(path)).status_code == 200
    assert (await visitor.get("/account")).status_code == 303, "looking at it signs nobody in"
    assert (await visitor.post(path)).status_code == 303
    assert person.email in (await visitor.get("/account")).text
    assert (await (await visit()).post(path)).status_code == 404


async def test_the_link_is_over_after_a_quarter_of_an_hour(
    host, make_user, run_jobs, mailbox, move_clock
):
    token = await _link(host, await make_user(), run_jobs, mailbox)
    move_clock(clock.now() + timedelta(minutes=16))
    with pytest.raises(NotFoundError):
        await _enter(host, token)


async def test_a_link_for_a_new_password_signs_nobody_in(host, make_user, run_jobs, mailbox):
    person = await make_user()
    async with host.unit_of_work() as uow:
        await host.identity.request_password_reset(uow, person.email)
    await run_jobs()
    token = re.search(r"/password/([\w-]+)", mailbox.to(person.email)[-1]["text"])[1]
    with pytest.raises(NotFoundError):
        await _enter(host, token)


async def test_an_unknown_address_gets_no_mail(host, visit, run_jobs, mailbox):
    visitor = await visit()
    asked = await visitor.post("/sign-in/link", {"email": "nobody-for-links@example.it"})
    assert asked.headers["location"] == "/sign-in"
    await run_jobs()
    assert mailbox.to("nobody-for-links@example.it") == []


async def test_a_second_step_stays_one(host, make_user, caller_for, run_jobs, mailbox, stop_clock):
    stop_clock()
    person = await make_user()
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        key = (await second_step.begin(uow, host.cipher)).key
        await second_step.confirm(uow, host.cipher, host.identity.secret, _now(key, -1))
    entered = await _enter(host, await _link(host, person, run_jobs, mailbox))
    assert isinstance(entered, SecondStepNeeded)
    async with host.unit_of_work() as uow:
        assert await host.identity.sign_in_with_code(uow, entered.token, _now(key))


async def test_the_api_does_the_same(visit, make_user, run_jobs, mailbox):
    person, visitor = await make_user(), await visit()
    ask = "mutation ($e: String!) { requestSignInLink(email: $e) { done } }"
    assert (await visitor.graphql(ask, e=person.email))["data"]["requestSignInLink"]["done"]
    await run_jobs()
    token = re.search(r"/sign-in/link/([\w-]+)", mailbox.to(person.email)[-1]["text"])[1]
    enter = "mutation ($t: String!) { signInWithLink(token: $t) { token userErrors { code } } }"
    session = (await visitor.graphql(enter, t=token))["data"]["signInWithLink"]["token"]
    again = (await visitor.graphql(enter, t=token))["data"]["signInWithLink"]["userErrors"]
    assert again == [{"code": "NOT_FOUND"}]
    visitor.http.headers["Authorization"] = f"Bearer {session}"
    assert (await visitor.graphql("{ me { email } }"))["data"]["me"]["email"] == person.email
