"""A remote plugin calls ``/graphql`` by a token of its own: what members let it, and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from arengo_core.api.scalars import global_id
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Role
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.plugins.registry import PluginError
from arengo_core.remote import tokens
from arengo_core.remote.models import RemotePlugin
from arengo_core.testing.fixtures import application
from arengo_core.webhooks import signing
from arengo_marketplace.activations import service as activations
from arengo_marketplace.metering.models import UsageRecord

PATH = "/webhooks/remote/permits/token"
STALE = "This token is not valid, or is no longer: ask for another."
USAGE = 'query($id: ID!) { usage(organizationId: $id, month: "2026-10") { meter } }'
INBOX = "query($id: ID!) { inbox(organizationId: $id) { nodes { id } } }"
LOG = "query($id: ID!) { log(organizationId: $id) { nodes { action } } }"
MEMBERS = "{ pluginMembers { organization { id } services grants } }"
SAVE = """mutation($id: ID!) { saveAnnouncement(municipalityId: $id, subjectIt: "Neve",
  bodyIt: "Strada chiusa.") { announcement { id } userErrors { code } } }"""
REPORT = """mutation($readings: [UsageReadingInput!]!) { reportUsage(readings: $readings) {
  new userErrors { code field message } } }"""


@pytest.fixture
async def valley(make_consortium, make_municipality, make_offer, activate):
    """Two towns with the service and communications active, and one without the service."""
    consortium = await make_consortium()
    towns = [
        await make_municipality(consortium.id, istat) for istat in ("014045", "014061", "014009")
    ]
    permits = await make_offer(consortium.id, "permits")
    communications = await make_offer(consortium.id, "communications")
    for town in towns:
        await activate(town.id, communications)
    made = [await activate(town.id, permits) for town in towns[:2]]
    return consortium, towns, made


class Back:
    """The plugin's side of a call back."""

    def __init__(self, http, secret):
        self.http, self.secret, self.token = http, secret, ""

    async def ask_token(self, *, secret=None, age=0, message=None, path=PATH, **said):
        body = json.dumps({key: str(value) for key, value in said.items()}).encode()
        stamp = int(datetime.now(UTC).timestamp()) - age
        message = message or f"msg_{new_id().hex}"
        headers = signing.headers([secret or self.secret], message, stamp, body)
        return await self.http.post(path, content=body, headers=headers)

    async def sign_in(self, **said):
        answer = await self.ask_token(**said)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        self.token = answer.json()["token"]
        return answer.json()

    async def ask(self, query, **variables):
        return await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "en"},
        )

    async def code(self, query, place):
        answer = (await self.ask(query, id=global_id("Organization", place))).json()
        if "errors" in answer:
            return answer["errors"][0]["extensions"]["code"]
        [value] = answer["data"].values()
        mistakes = value.get("userErrors") if isinstance(value, dict) else None
        return mistakes[0]["code"] if mistakes else "ok"


@pytest.fixture
async def back(app, registered, far_side):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield Back(http, registered)


async def _let(host, activation, *grants):
    async with host.unit_of_work() as uow:
        await gate.set_grants(uow.session, activation.id, grants)


async def test_it_sees_what_each_member_let_it(host, back, valley):
    _, (first, second, without), (_, other) = valley
    await _let(host, other, "communications.inbox:read", "gone.by:read")
    issued = await back.sign_in()
    assert issued["token"].startswith("arengoplugin_")
    served = (await back.ask(MEMBERS)).json()["data"]["pluginMembers"]
    mine = {global_id("Organization", one.id) for one in (first, second, without)}
    found = {one["organization"]["id"]: one["grants"] for one in served}
    assert found.keys() & mine == {global_id("Organization", one.id) for one in (first, second)}
    assert found[global_id("Organization", second.id)] == ["communications.inbox:read"]
    assert "marketplace.figures:read" in found[global_id("Organization", first.id)]
    codes = [
        [await back.code(query, town.id) for town in (first, second, without)]
        for query in (USAGE, INBOX, LOG)
    ]
    assert codes == [
        ["ok", "NOT_FOUND", "NOT_FOUND"],
        ["ok", "ok", "FORBIDDEN"],
        ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"],
    ]
    nowhere = new_id()
    for query in (USAGE, INBOX, SAVE):
        answers = []
        for place in (without.id, nowhere):
            said = (await back.ask(query, id=global_id("Organization", place))).text
            trace = json.loads(said).get("errors", [{}])[0].get("extensions", {}).get("traceId")
            answers.append(said.replace(trace or "-", ""))
        assert answers[0] == answers[1], "another's is as what does not exist"


async def test_the_database_itself_holds_it_to_them(host, valley, back):
    _, (first, second, without), (_, other) = valley
    await _let(host, other, "marketplace.usage:write")
    await back.sign_in()
    async with host.unit_of_work() as uow:
        caller = await tokens.caller_of(uow, host, back.token, "it")
    assert first.id in caller.scope.organizations
    assert not {second.id, without.id} & caller.scope.organizations
    assert not caller.scope.governs
    async with host.unit_of_work(caller) as uow:
        places = await uow.session.scalars(
            text("select distinct organization_id from marketplace.membership")
        )
        assert not {second.id, without.id} & set(places)
        setting = await uow.session.scalar(text("select current_setting('arengo.organizations')"))
    assert str(first.id) in setting
    assert str(second.id) not in setting


async def test_it_sees_the_fields_of_what_it_was_let_in_to(
    host, back, valley, activate, make_offer
):
    consortium, (first, *_), (activation, _) = valley
    await activate(first.id, await make_offer(consortium.id, "delivery"))
    await back.sign_in(organization_id=first.id)
    names = "{ __schema { mutationType { fields { name } } } }"

    async def fields():
        answer = (await back.ask(names)).json()["data"]["__schema"]["mutationType"]["fields"]
        return {one["name"] for one in answer}

    assert {"sendAnnouncement", "reportUsage"} < await fields()
    assert "createPickUpPoint" not in await fields(), "the town has delivery; it let nobody in"
    await _let(host, activation, "marketplace.figures:read")
    assert "sendAnnouncement" not in await fields(), "it is let in to announcements no more"


async def test_it_writes_what_it_was_let_write_and_the_log_says_so(
    host, back, valley, visit, make_user
):
    _, (first, second, _), (_, other) = valley
    await _let(host, other, "communications.announcements:read", "marketplace.figures:read")
    await back.sign_in()
    assert await back.code(SAVE, first.id) == "ok"
    assert await back.code(SAVE, second.id) == "FORBIDDEN", "reading is not writing"
    async with host.unit_of_work(Caller.program([first.id, second.id])) as uow:
        rows = await uow.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "announcement.saved")
        )
        [entry] = [row for row in rows if row.organization_id in {first.id, second.id}]
    assert (entry.organization_id, entry.actor_id, entry.origin) == (first.id, None, "plugin")
    assert entry.details == {"plugin": "permits"}
    officer = await visit(await make_user((first.id, Role.MUNICIPAL_OFFICER)))
    page = (await officer.get("/office/log?lang=en")).text
    assert "<span>Permits</span></td>" in page
    programs = (await officer.get("/office/log?lang=en&person=program&act=announcement.saved")).text
    assert "Plugin" not in programs
    told = await officer.graphql(
        "query($id: ID!) { log(organizationId: $id) { nodes { plugin origin userId } } }",
        id=global_id("Organization", first.id),
    )
    assert {"plugin": "permits", "origin": "plugin", "userId": None} in told["data"]["log"]["nodes"]


def _reading(place, **changes):
    return {
        "meter": "permits.issued",
        "organizationId": global_id("Organization", place),
        "quantity": "2",
        "occurredAt": datetime.now(UTC).isoformat(),
        "key": "permit-40",
        **changes,
    }


async def test_it_reports_use_by_its_own_meters(host, back, valley, visit, make_user):
    _, (first, second, without), (_, other) = valley
    await _let(host, other, "marketplace.figures:read")
    await back.sign_in()

    async def report(*readings):
        return (await back.ask(REPORT, readings=list(readings))).json()["data"]["reportUsage"]

    assert await report(_reading(first.id)) == {"new": 1, "userErrors": []}
    assert (await report(_reading(first.id)))["new"] == 0, "the same key counts once"
    for readings in (
        [_reading(first.id, key="x-1"), _reading(second.id)],
        [_reading(without.id)],
        [_reading(first.id, key="x-2", meter="communications.messages")],
        [_reading(new_id())],
    ):
        refused = await report(*readings)
        assert (refused["new"], refused["userErrors"][0]["code"]) == (0, "FORBIDDEN"), readings
    ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for wrong, field in (
        (_reading(first.id, quantity="NaN", key="x-3"), "quantity"),
        (_reading(first.id, occurredAt=ahead, key="x-3"), "occurredAt"),
    ):
        refused = await report(_reading(first.id, key="x-0"), wrong)
        assert (refused["new"], refused["userErrors"][0]["field"]) == (0, f"readings[1].{field}")
    await back.sign_in(organization_id=second.id)
    assert (await report(_reading(first.id, key="x-4")))["userErrors"][0]["code"] == "FORBIDDEN"
    officer = await visit(await make_user((first.id, Role.MUNICIPAL_OFFICER)))
    by_hand = await officer.graphql(REPORT, readings=[_reading(first.id, key="x-5")])
    assert by_hand["data"]["reportUsage"]["userErrors"][0]["code"] == "FORBIDDEN"
    async with host.unit_of_work(Caller.program([first.id, second.id, without.id])) as uow:
        counted = await uow.session.scalars(
            select(UsageRecord.quantity).where(
                UsageRecord.organization_id.in_([first.id, second.id, without.id])
            )
        )
        assert list(counted) == [2]


async def _is_stale(back):
    answer = await back.ask("{ consortia { id } }")
    error = answer.json().get("errors", [{}])[0]
    code = error.get("extensions", {}).get("code")
    return (answer.status_code, code, error.get("message")) == (401, "UNAUTHENTICATED", STALE)


async def test_a_stale_token_is_refused(host, back, valley, settings, database, monkeypatch):
    _, (first, *_), (activation, _) = valley
    await back.sign_in()
    assert not await _is_stale(back)
    assert await back.http.get("/account", headers={"Authorization": f"Bearer {back.token}"})
    back.token += "x"
    assert await _is_stale(back), "one that never was"
    await back.sign_in()
    async with host.unit_of_work() as uow:
        assert await tokens.revoke(uow, "permits") > 0
    assert await _is_stale(back), "ended by hand"
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "LIFE", timedelta(0))
        await back.sign_in()
    assert await _is_stale(back), "over"
    await back.sign_in()
    with monkeypatch.context() as patch:
        gone = host.registry.without("permits", PluginError("permits", "disabled", "no"))
        patch.setattr(host, "registry", gone)
        assert await _is_stale(back), "out of service"
        assert (await back.ask_token()).status_code == 401
    async with host.unit_of_work() as uow:
        row = await uow.session.get(RemotePlugin, "permits")
        kept = {c.key: getattr(row, c.key) for c in RemotePlugin.__table__.columns}
        await uow.session.delete(row)
    assert await _is_stale(back), "forgotten"
    assert (await back.ask_token()).status_code == 400
    async with host.unit_of_work() as uow:
        uow.session.add(RemotePlugin(**kept))
    await back.sign_in(organization_id=first.id)
    assert not await _is_stale(back)
    async with host.unit_of_work(Caller.program([first.id], [activation.consortium_id])) as uow:
        await activations.suspend(uow, host, activation_id=activation.id, why="late")
    assert await _is_stale(back), "of a member whose service is suspended"
    await back.sign_in()
    assert await back.code(USAGE, first.id) == "NOT_FOUND"


async def test_a_token_is_given_to_who_signs_for_it_once(back, valley, far_side):
    _, (_, _, without), _ = valley
    message = f"msg_{new_id().hex}"
    refused = [
        (await back.ask_token(secret=signing.new_secret()), 400),
        (await back.ask_token(age=400), 400),
        (await back.ask_token(path="/webhooks/remote/delivery/token"), 400),
        (await back.ask_token(organization_id="x"), 400),
        (await back.ask_token(organization_id=without.id), 401),
        (await back.ask_token(organization_id=new_id()), 401),
        (await back.ask_token(message=message), 200),
        (await back.ask_token(message=message), 409),
    ]
    assert [answer.status_code for answer, _ in refused] == [status for _, status in refused]
    assert refused[4][0].json() == refused[5][0].json()


async def test_tokens_are_for_the_api_and_counted_by_plugin(host, back, valley):
    await back.sign_in()
    bearer = {"Authorization": f"Bearer {back.token}"}
    page = await back.http.get("/office/organization", headers=bearer, follow_redirects=False)
    assert page.headers["location"].startswith("/sign-in")
    few = replace(host, settings=host.settings.model_copy(update={"token_requests": 3}))
    few.state = {}
    few.identity = host.identity
    transport = httpx.ASGITransport(app=application(few), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        other = Back(http, back.secret)
        await other.sign_in()
        statuses = []
        for _ in range(2):
            statuses += [(await other.ask("{ consortia { id } }")).status_code for _ in range(3)]
            await other.sign_in()
    assert (statuses[0], statuses[-1]) == (200, 429), "another token is no other count"
    async with host.unit_of_work() as uow:
        await uow.session.execute(text("delete from core.request_count"))
