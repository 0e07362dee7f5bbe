"""Passkeys, made and used in a real browser by its virtual authenticator."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import async_playwright

from arengo_core.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from arengo_core.identity import passkeys
from arengo_core.identity.origin import NOWHERE
from arengo_core.testing.browser import ARGUMENTS
from arengo_core.testing.serving import serving
from tests.core.test_attempts import _statements

pytestmark = pytest.mark.browser
GET = """async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
}"""


@pytest.fixture
async def browsing(app, chromium_path, visit, make_user, caller_for):
    """A page of a signed-in person, in a browser with a virtual authenticator."""
    person = await make_user()
    visitor = await visit(person)
    async with serving(app) as address, async_playwright() as playwright:
        site = address.replace("127.0.0.1", "localhost")
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(ARGUMENTS)
        )
        context = await browser.new_context(base_url=site, locale="en-GB")
        await context.add_cookies([{"name": "arengo_session", "value": visitor.token, "url": site}])
        page = await context.new_page()
        devices = await context.new_cdp_session(page)
        await devices.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        await devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page, context, await caller_for(person), passkeys.Party("localhost", site)
        await browser.close()


async def _add(page, name="My phone"):
    await page.goto("/account/passkeys")
    await page.fill("#add-passkey [name=name]", name)
    async with page.expect_navigation():
        await page.click("[data-passkey=create]")


async def _own(host, caller):
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await passkeys.own(uow)


async def test_a_passkey_is_added_signs_in_is_renamed_and_removed(host, browsing):
    page, context, caller, _ = browsing
    await _add(page)
    assert await page.get_by_text("The passkey works from now on.").is_visible()
    [kept] = await _own(host, caller)
    assert (kept.name, kept.last_used_at) == ("My phone", None)

    await context.clear_cookies(name="arengo_session")
    await page.goto("/sign-in?next=/account/passkeys")
    async with page.expect_navigation(url="**/account/passkeys"):
        await page.click("[data-passkey=get]")
    assert (await _own(host, caller))[0].last_used_at is not None

    await page.fill("#f-name-1", "The old phone")
    await page.get_by_role("button", name="Rename").click()
    await page.get_by_text("The passkey has its new name.").wait_for()
    assert (await _own(host, caller))[0].name == "The old phone"
    await page.get_by_role("button", name="Remove The old phone").click()
    await page.get_by_text("The passkey opens nothing more.").wait_for()
    assert await _own(host, caller) == []

    await context.clear_cookies(name="arengo_session")
    await page.goto("/sign-in")
    async with page.expect_navigation():
        await page.click("[data-passkey=get]")
    assert await page.get_by_text("This passkey is not known here.").is_visible()


async def test_an_answer_works_once_and_for_this_site_alone(host, browsing):
    page, _, caller, party = browsing
    await _add(page)

    async def begin():
        async with host.unit_of_work() as uow:
            return await passkeys.begin_sign_in(uow, host.identity, party)

    async def enter(answer, where):
        async with host.unit_of_work() as uow:
            return await passkeys.sign_in(uow, host.identity, where, answer, NOWHERE)

    answer = await page.evaluate(GET, await begin())
    elsewhere = passkeys.Party("localhost", "https://localhost.evil.example")
    with pytest.raises(UnauthenticatedError):
        await enter(answer, elsewhere)
    forged = json.loads(answer)
    forged["response"]["signature"] = forged["response"]["authenticatorData"]
    with pytest.raises(UnauthenticatedError):
        await enter(json.dumps(forged), party)
    token = await enter(answer, party)
    async with host.unit_of_work() as uow:
        assert (await host.identity.caller_of(uow, token, "it")).user_id == caller.user_id
    with pytest.raises(InvalidInputError):
        await enter(answer, party)


async def test_the_list_costs_one_statement(host, browsing):
    page, _, caller, _ = browsing
    await _add(page)
    with _statements(host) as found:
        assert len(await _own(host, caller)) == 1
    assert len(found) == 2, "the scope, and the list"


async def test_nobody_touches_somebody_elses_passkey(host, browsing, make_user, caller_for):
    page, _, caller, _ = browsing
    await _add(page)
    [kept] = await _own(host, caller)
    other = await caller_for(await make_user())
    for act in (
        lambda uow: passkeys.remove(uow, kept.id),
        lambda uow: passkeys.rename(uow, kept.id, "x"),
    ):
        with pytest.raises(NotFoundError):
            async with host.unit_of_work(other) as uow:
                await act(uow)
    assert [row.name for row in await _own(host, caller)] == ["My phone"]


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"response": {"clientDataJSON": "e30"}}'])
async def test_nonsense_is_refused(host, answer):
    with pytest.raises(InvalidInputError):
        async with host.unit_of_work() as uow:
            await passkeys.sign_in(
                uow, host.identity, passkeys.Party("localhost", "http://localhost"), answer, NOWHERE
            )
