"""Signing in elsewhere by pages: there and back in a real browser, linking, and what is refused."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.errors import SettingsError
from arengo_core.host import Host
from arengo_core.identity import elsewhere, second_step
from arengo_core.identity.contract import Identified, Journey
from arengo_core.identity.provider_settings import ProviderSettings
from arengo_core.ids import new_token
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_core.testing.browser import ARGUMENTS
from arengo_core.testing.fixtures import PASSWORD, Visitor
from arengo_core.testing.serving import bound, serving
from arengo_core.web.app import create_app
from tests.core.places import place
from tests.core.test_second_step import _now

RETURN = "/sign-in/with/valley/return"
ADA = "ada-at-the-valley"


PLACE = bound()
ADDRESS = f"http://127.0.0.1:{PLACE.getsockname()[1]}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(settings, database, openid_server):
    """A host with this provider, and its application."""
    provider = ProviderSettings(
        label_it="Entra con la Valle",
        label_en="Sign in with the Valley",
        **openid_server.settings(two_factor_levels=["strong"]),
    )
    changes = {"public_url": ADDRESS, "identity_providers": {"valley": provider}}
    host = Host.create(settings.model_copy(update=changes), load_plugins(), database.app)
    yield host, create_app(host)
    await host.close()


def _visitor(app):
    return Visitor(
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url=ADDRESS,
            headers={"Accept-Language": "en"},
        )
    )


async def _signed_in(host, app, person):
    visitor = _visitor(app)
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, person.id)
    visitor.http.cookies.set("arengo_session", token)
    return visitor


async def _there(visitor, path="/sign-in/with/valley"):
    """The address of the provider to which the visitor is sent."""
    sent = await visitor.get(path)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


async def _there_and_back(visitor, openid, person=ADA, path="/sign-in/with/valley"):
    answer = await openid._at(await _there(visitor, path), {"sub": person})
    return await visitor.get(RETURN, params=answer)


async def _link(visitor, openid, person=ADA):
    back = await _there_and_back(visitor, openid, person, "/sign-in/with/valley?link=1")
    assert back.headers["location"] == "/account/identities"
    return await visitor.post("/account/identities")


async def _flash(visitor, answer):
    return (await visitor.get(answer.headers["location"])).text


async def _who(visitor):
    return (await visitor.graphql("{ me { email } }"))["data"]["me"]


async def test_what_is_linked_signs_in_and_what_is_not_does_not(site, openid, make_user):
    host, app = site
    person = await make_user()
    owner = await _signed_in(host, app, person)
    assert (await _link(owner, openid)).headers["location"] == "/account/identities"

    stranger = _visitor(app)
    back = await _there_and_back(stranger, openid, ADA)
    assert back.headers["location"] == "/account"
    assert (await _who(stranger))["email"] == person.email
    async with host.unit_of_work(Caller(person.id)) as uow:
        [kept] = await elsewhere.repository.linked_identities_of(uow.session, person.id)
    assert kept.last_used_at is not None
    assert ADA.encode() not in kept.digest

    other = _visitor(app)
    back = await _there_and_back(other, openid, "somebody-else")
    assert back.headers["location"].startswith("/sign-in?next=")
    assert await _who(other) is None


async def test_the_same_address_takes_no_account_over(site, openid, make_user):
    host, app = site
    person, visitor = await make_user(), _visitor(app)
    openid.claims["a-thief"] = {"email": person.email, "email_verified": True}
    back = await _there_and_back(visitor, openid, "a-thief")
    said = await _flash(visitor, back)
    assert "No account here is linked to this identity yet." in said
    assert await _who(visitor) is None
    asked = await visitor.post("/account/identities")
    assert asked.headers["location"].startswith("/sign-in")
    async with host.unit_of_work() as uow:
        assert not await elsewhere.repository.linked_identities_of(uow.session, person.id)


async def test_who_is_not_linked_signs_in_once_as_before_and_is_asked(site, openid, make_user):
    _, app = site
    person, visitor = await make_user(), _visitor(app)
    openid.claims["new-here"] = {"name": "Ada Prova", "email": "ada@valley.example"}
    back = await _there_and_back(visitor, openid, "new-here")
    target = dict(parse_qsl(urlsplit(back.headers["location"]).query))["next"]
    entered = await visitor.post(
        "/sign-in", {"email": person.email, "password": PASSWORD, "next": target}
    )
    text = (await visitor.get(entered.headers["location"])).text
    for shown in ("Ada Prova", "ada@valley.example", "Sign in with the Valley", person.email):
        assert shown in text
    assert (await visitor.post("/account/identities", {"_csrf_token": "x"})).status_code == 403
    await visitor.post("/account/identities")
    again = _visitor(app)
    assert (await _there_and_back(again, openid, "new-here")).headers["location"] == "/account"
    assert "Link this identity" not in (await visitor.get("/account/identities")).text


async def test_an_identity_is_one_accounts_alone(site, openid, make_user):
    host, app = site
    one = await _signed_in(host, app, await make_user())
    await _link(one, openid, "shared")
    other = await _signed_in(host, app, await make_user())
    refused = await _link(other, openid, "shared")
    assert refused.status_code == 409
    assert "signs in to another account already" in refused.text
    assert (await _link(one, openid, "shared")).status_code == 303, "the owner may do it again"


async def test_removing_ends_it_for_its_owner_alone(site, openid, make_user):
    host, app = site
    owner = await _signed_in(host, app, await make_user())
    await _link(owner, openid, "to-remove")
    ask = "{ linkedIdentities { id provider lastUsedAt } }"
    [kept] = (await owner.graphql(ask))["data"]["linkedIdentities"]
    assert kept == {"id": kept["id"], "provider": "valley", "lastUsedAt": None}
    other = await _signed_in(host, app, await make_user())
    remove = "mutation ($i: ID!) { unlinkIdentity(linkedIdentityId: $i) { userErrors { code } } }"
    refused = (await other.graphql(remove, i=kept["id"]))["data"]["unlinkIdentity"]
    assert refused["userErrors"] == [{"code": "NOT_FOUND"}]
    path = re.search(
        r"/account/identities/[\w-]+/remove", (await owner.get("/account/identities")).text
    )[0]
    assert (await other.post(path)).status_code == 404
    assert (await owner.post(path)).status_code == 303
    back = await _there_and_back(_visitor(app), openid, "to-remove")
    assert back.headers["location"].startswith("/sign-in?next=")


async def test_linking_and_removing_are_in_the_log(site, openid, make_user):
    host, app = site
    shop = (await place(host, "Forno", OrganizationKind.MERCHANT)).id
    visitor = await _signed_in(host, app, await make_user((shop, Role.MERCHANT)))
    await _link(visitor, openid, "logged")
    text = (await visitor.get("/account/identities")).text
    await visitor.post(re.search(r"/account/identities/[\w-]+/remove", text)[0])
    async with host.unit_of_work(Caller.program([shop])) as uow:
        statement = select(AuditEntry).where(AuditEntry.organization_id == shop)
        acts = [row.action for row in (await uow.session.execute(statement)).scalars()]
    assert [act for act in acts if act.startswith("identity.")] == [
        "identity.linked",
        "identity.unlinked",
    ]


async def _with_second_step(host, make_user, caller_for):
    person = await make_user()
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        key = (await second_step.begin(uow, host.cipher)).key
        await second_step.confirm(uow, host.cipher, host.identity.secret, _now(key, -1))
    return person, key


async def test_the_second_step_stays_unless_the_provider_checked_two_factors(
    site, openid, make_user, caller_for, stop_clock
):
    stop_clock()
    host, app = site
    person, key = await _with_second_step(host, make_user, caller_for)
    await _link(await _signed_in(host, app, person), openid, "careful")

    openid.bend = {"acr": "weak"}
    visitor = _visitor(app)
    back = await _there_and_back(
        visitor, openid, "careful", "/sign-in/with/valley?next=/account/passkeys"
    )
    assert back.headers["location"].startswith("/sign-in/code")
    assert await _who(visitor) is None
    done = await visitor.post("/sign-in/code", {"code": _now(key), "next": "/account/passkeys"})
    assert done.headers["location"] == "/account/passkeys"

    openid.bend = {"acr": "strong"}
    visitor = _visitor(app)
    back = await _there_and_back(
        visitor, openid, "careful", "/sign-in/with/valley?next=/account/passkeys"
    )
    assert back.headers["location"] == "/account/passkeys"
    assert (await _who(visitor))["email"] == person.email


async def test_an_answer_works_once_in_the_browser_that_left(site, openid, make_user):
    host, app = site
    await _link(await _signed_in(host, app, await make_user()), openid, "once")
    visitor, thief = _visitor(app), _visitor(app)
    answer = await openid._at(await _there(visitor), {"sub": "once"})
    await _there(thief)
    for other in (_visitor(app), thief):
        refused = await other.get(RETURN, params=answer)
        assert refused.headers["location"] == "/sign-in"
        assert await _who(other) is None
    carried = visitor.http.cookies["arengo_journey"]
    assert (await visitor.get(RETURN, params=answer)).headers["location"] == "/account"
    assert "arengo_journey" not in visitor.http.cookies
    again = _visitor(app)
    again.http.cookies.set("arengo_journey", carried)
    assert (await again.get(RETURN, params=answer)).headers["location"] == "/sign-in"
    assert await _who(again) is None


async def test_a_journey_ends_once_whatever_the_provider_lets_pass(site, openid):
    host, _ = site
    journey = Journey(new_token(), ADDRESS + RETURN, "it")
    async with host.unit_of_work() as uow:
        await elsewhere.use_up(uow, journey)
    with pytest.raises(elsewhere.NotProvedError):
        async with host.unit_of_work() as uow:
            await elsewhere.use_up(uow, journey)


async def test_a_journey_is_over_after_a_quarter_of_an_hour(site, openid, move_clock):
    _, app = site
    visitor = _visitor(app)
    answer = await openid._at(await _there(visitor), {"sub": ADA})
    move_clock(clock.now() + elsewhere.JOURNEY_LIFE + timedelta(seconds=1))
    back = await visitor.get(RETURN, params=answer)
    assert "This sign-in took too long" in await _flash(visitor, back)


async def test_who_says_no_is_told_so_and_nothing_else(site, openid):
    _, app = site
    visitor = _visitor(app)
    answer = await openid._at(await _there(visitor), {"action": "deny"})
    back = await visitor.get(RETURN, params={**answer, "error_description": "<b>Call 899</b>"})
    said = await _flash(visitor, back)
    assert "does not prove who you are" in said
    assert "Call 899" not in said


async def test_a_provider_that_is_down_is_said_to_be_and_the_page_stays(site, openid):
    _, app = site
    visitor = _visitor(app)
    answer = await openid._at(await _there(visitor), {"sub": ADA})
    openid.mood = "lose"
    back = await visitor.get(RETURN, params=answer)
    assert back.headers["location"] == "/sign-in"
    assert "does not answer at the moment" in await _flash(visitor, back)
    assert await _there(visitor)


async def test_an_answer_in_a_form_of_the_provider_needs_one_click(site, openid, make_user):
    """As SAML sends it: with a form of another site, the browser sends no cookie."""
    host, app = site
    await _link(await _signed_in(host, app, await make_user()), openid, "posted")
    visitor = _visitor(app)
    answer = await openid._at(await _there(visitor), {"sub": "posted"})
    foreign = await _visitor(app).http.post(RETURN, data=answer)
    assert foreign.status_code == 200
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', foreign.text))
    assert fields["code"] == answer["code"]
    lost = await _visitor(app).http.post(RETURN, data=fields)
    assert lost.headers["location"] == "/sign-in", "no dead end"
    back = await visitor.http.post(RETURN, data=fields)
    assert back.headers["location"] == "/account"


async def test_a_target_on_another_site_is_not_gone_to(site, openid, make_user):
    host, app = site
    await _link(await _signed_in(host, app, await make_user()), openid, "redirected")
    visitor = _visitor(app)
    path = "/sign-in/with/valley?next=//evil.example"
    back = await _there_and_back(visitor, openid, "redirected", path)
    assert back.headers["location"] == "/account"


async def test_the_api_names_the_providers(site, openid):
    _, app = site
    found = await _visitor(app).graphql("{ signInProviders { key label path } }")
    assert found["data"]["signInProviders"] == [
        {
            "key": "valley",
            "label": "Sign in with the Valley",
            "path": "/sign-in/with/valley",
        }
    ]


async def test_a_way_that_is_not_there_is_not_found(site, visit):
    _, app = site
    assert (await _visitor(app).get("/sign-in/with/nowhere")).status_code == 404
    assert (await (await visit()).get("/sign-in/with/valley")).status_code == 404


async def test_two_issuers_are_not_one_by_how_their_names_end(host):
    one, other = Identified("https://a", "bc"), Identified("https://ab", "c")
    assert elsewhere._digest(host.identity, one) != elsewhere._digest(host.identity, other)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"Valley": {"label_it": "V", "label_en": "V"}}', "IDENTITY_PROVIDERS"),
        ('{"valley": {"label_it": "V"}}', "LABEL_EN"),
        ('{"valley"', "identity_providers"),
    ],
)
def test_what_the_settings_say_wrong_is_named(monkeypatch, text, named):
    monkeypatch.setenv("ARENGO_IDENTITY_PROVIDERS", text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert named in str(caught.value)


def test_the_environment_adds_the_secret_to_the_file(monkeypatch, tmp_path):
    file = tmp_path / "arengo.toml"
    file.write_text(
        '[identity_providers.valley]\nlabel_it = "V"\nlabel_en = "V"\n'
        'issuer = "https://login.valley.example"\nclient_id = "arengo"\n'
    )
    monkeypatch.setenv("ARENGO_CONFIG", str(file))
    monkeypatch.setenv(
        "ARENGO_IDENTITY_PROVIDERS", '{"valley": {"client_secret": "not to be shown"}}'
    )
    settings = load_settings()
    assert settings.identity_providers["valley"].options == {
        "issuer": "https://login.valley.example",
        "client_id": "arengo",
        "client_secret": "not to be shown",
    }
    assert "not to be shown" not in repr(settings)


async def test_settings_of_a_provider_are_checked_at_start(site, openid):
    host, _ = site
    elsewhere.check_settings(host)
    wrong = ProviderSettings(label_it="V", label_en="V", **openid.settings(client_id=""))
    changed = host.settings.model_copy(update={"identity_providers": {"valley": wrong}})
    with pytest.raises(SettingsError, match=r"valley: .*client_id"):
        elsewhere.check_settings(dataclasses.replace(host, settings=changed))


@pytest.mark.browser
async def test_there_and_back_in_a_browser(site, openid, make_user, chromium_path):
    _, app = site
    person = await make_user()
    async with serving(app, PLACE), async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(ARGUMENTS)
        )
        page = await (await browser.new_context(base_url=ADDRESS, locale="en-GB")).new_page()

        async def go_and_prove():
            await page.get_by_role("link", name="Sign in with the Valley").click()
            await page.fill("[name=sub]", "in-a-browser")
            await page.get_by_role("button", name="Authorize").click()

        await page.goto("/sign-in")
        await go_and_prove()
        await page.get_by_text("No account here is linked to this identity yet.").wait_for()
        await page.fill("[name=email]", person.email)
        await page.fill("[name=password]", PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await page.get_by_role("button", name="Link it to my account").click()
        await page.get_by_text("Linked: you sign in with it from now on.").wait_for()

        await page.context.clear_cookies()
        await page.goto("/sign-in?next=/account/passkeys")
        await go_and_prove()
        await page.wait_for_url("**/account/passkeys")
        await browser.close()
