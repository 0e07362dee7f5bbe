"""What an entry of the log says: as whom, from where, by what, before and after."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import delete

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.audit.origin import coming_from, shortened
from arengo_core.audit.reading import search_of
from arengo_core.audit.repository import Search, actions_in, actors_in, entries
from arengo_core.caller import Caller, Role
from arengo_core.errors import InvalidInputError
from arengo_core.identity import tokens
from arengo_core.identity.models import ApiToken
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate
from tests.core.places import place

OWN = {"street": "Via Roma 2", "postcode": "23023", "city": "Lanzada", "province": "SO"}


@pytest.fixture
async def town(host, make_user):
    """A town and its officer."""
    row = await place(host)
    return row, await make_user((row.id, Role.MUNICIPAL_OFFICER), name="Olga Prova")


async def _log(host, place_id, search=None):
    async with host.unit_of_work(Caller.program([place_id]), read_only=True) as uow:
        return await entries(
            uow.session, place_id, before=None, limit=100, search=search or Search()
        )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_is_kept_shortened(address, network):
    assert shortened(address) == network


async def test_a_page_leaves_who_whence_before_and_after(host, town, visit):
    row, officer = town
    visitor = await visit(officer)
    form = {**OWN, "email": "", "phone": "", "locale": "it", "theme": ""}
    assert (await visitor.post("/office/organization", form)).status_code == 303
    entry = (await _log(host, row.id))[0]
    assert (entry.action, entry.actor_id, entry.acting_id) == (
        "organization.updated",
        officer.id,
        row.id,
    )
    assert (entry.origin, entry.network, entry.token_id) == ("session", "127.0.0.0/24", None)
    assert entry.changes["street"] == [row.street, "Via Roma 2"]
    assert "phone" not in entry.changes, "what was not changed is not there"
    shown = (await visitor.get("/office/log")).text
    assert "→ Via Roma 2" in shown
    assert "127.0.0.0/24" in shown
    assert "Olga Prova" in shown


async def test_texts_of_private_tables_stay_out_of_the_log(host, town):
    row, officer = town
    async with host.unit_of_work(Caller.program([row.id, officer.id])) as uow:
        person = await uow.session.get(type(officer), officer.id)
        person.name, person.locale = "Olga Nuova", "en"
        uow.audit(row.id, "role.granted", "User", officer.id)
    entry = (await _log(host, row.id))[0]
    assert entry.changes == {"name": None, "locale": ["it", "en"]}
    assert (entry.origin, entry.network) == ("program", None)


async def test_two_flushes_keep_the_first_before(host, town):
    row, _ = town
    async with host.unit_of_work(Caller.program([row.id])) as uow:
        found = await uow.session.get(Organization, row.id)
        for phone in ("1", "2"):
            found.phone = phone
            await uow.session.flush()
        uow.audit(row.id, "organization.updated", "Organization", row.id)
    assert (await _log(host, row.id))[0].changes["phone"] == [row.phone, "2"]


async def _token(host, caller, place_id, **options):
    async with host.unit_of_work(caller) as uow:
        return await tokens.create(uow, organization_ids=[place_id], **options)


async def test_making_and_ending_a_token_is_in_the_log_of_its_places(host, town, caller_for):
    row, officer = town
    caller = await caller_for(officer)
    await _token(host, caller, row.id, read_only=False, days=3)
    async with host.unit_of_work(caller) as uow:
        (made,) = await tokens.own(uow)
        await tokens.revoke(uow, made.id)
    ended, begun = (await _log(host, row.id))[:2]
    assert [(e.action, e.object_id) for e in (begun, ended)] == [
        ("token.created", made.id),
        ("token.revoked", made.id),
    ]
    assert begun.changes["hint"] is None, "that it is there, not what it is"
    assert made.hint not in str(begun.changes)


async def test_an_act_by_token_names_the_token(host, town, caller_for, visit):
    row, officer = town
    secret = await _token(host, await caller_for(officer), row.id, read_only=False, days=3)
    visitor = await visit()
    visitor.http.headers["Authorization"] = f"Bearer {secret}"
    answer = await visitor.graphql(
        """mutation ($id: ID!) { invitePerson(organizationId: $id, email: "ivo@example.it",
        name: "Ivo", role: "clerk") { done userErrors { code } } }""",
        id=global_id("Organization", row.id),
    )
    assert answer["data"]["invitePerson"]["done"], answer
    entry = (await _log(host, row.id))[0]
    assert entry.action == "invitation.sent"
    async with host.unit_of_work(await caller_for(officer)) as uow:
        (made,) = await tokens.own(uow)
    assert (entry.origin, entry.token_id) == ("token", made.id)
    assert "ivo@example.it" not in str(entry.changes)


async def test_expired_tokens_are_cleared_and_live_ones_stay(host, town, caller_for):
    row, officer = town
    caller = await caller_for(officer)
    for _ in range(2):
        await _token(host, caller, row.id, read_only=True, days=3)
    async with host.unit_of_work(caller) as uow:
        old, kept = await tokens.own(uow)
        over = await uow.session.get(ApiToken, old.id)
        over.expires_at = clock.now() - timedelta(seconds=1)
    await tokens.clear_away(host, {})
    async with host.unit_of_work(caller) as uow:
        assert [row.id for row in await tokens.own(uow)] == [kept.id]


async def test_a_reading_token_writes_nothing_by_whatever_door(host, town, caller_for):
    row, officer = town
    secret = await _token(host, await caller_for(officer), row.id, read_only=True, days=3)
    async with host.unit_of_work() as uow:
        caller = await host.identity.caller_of(uow, secret, "it")
    with pytest.raises(Exception, match="read-only transaction"):
        async with host.unit_of_work(caller) as uow:
            await uow.session.execute(delete(Organization).where(Organization.id == row.id))


@pytest.fixture
async def busy(host, town, make_user):
    """A town's log: five acts, three days, two people and the program; things one and two."""
    row, officer = town
    other = await make_user((row.id, Role.CLERK), name="Carlo Prova")
    one, two = officer.id, other.id
    days = [clock.now() - timedelta(days=n) for n in range(3)]
    acts = (
        (officer.id, "shop.opened", one, days[2]),
        (officer.id, "shop.changed", one, days[1]),
        (other.id, "shop.changed", two, days[1]),
        (other.id, "shop.opened", two, days[0]),
        (None, "shop.opened", None, days[0]),
    )
    async with host.unit_of_work(Caller.program([row.id])) as uow:
        for actor, action, thing, at in acts:
            uow.audit(row.id, action, "Shop", thing)
            uow._audit[-1] |= {"actor_id": actor, "at": at}
    return row, officer, other, days


async def test_each_filter_is_one_of_the_statement(host, busy):
    row, officer, other, days = busy

    async def found(**asked):
        rows = await _log(host, row.id, search_of(asked))
        acts = ((r.action, r.actor_id) for r in rows if r.object_type == "Shop")
        return sorted(acts, key=str)

    day = [at.astimezone(clock.ROME).date().isoformat() for at in days]
    assert len(await found()) == 5
    assert await found(person=str(officer.id)) == [
        ("shop.changed", officer.id),
        ("shop.opened", officer.id),
    ]
    assert await found(person="program") == [("shop.opened", None)]
    assert len(await found(act="shop.opened")) == 3
    assert len(await found(thing=str(other.id))) == 2
    assert len(await found(since=day[1])) == 4
    assert len(await found(until=day[1])) == 3
    assert await found(since=day[1], until=day[1], person=str(other.id)) == [
        ("shop.changed", other.id)
    ]
    for wrong in ({"person": "x"}, {"thing": "x"}, {"since": "yesterday"}):
        with pytest.raises(InvalidInputError) as refused:
            search_of(wrong)
        assert refused.value.field in wrong


async def test_who_and_what_there_is_to_choose(host, busy):
    row, officer, other, _ = busy
    async with host.unit_of_work(Caller.program([row.id]), read_only=True) as uow:
        assert set(await actors_in(uow.session, row.id)) == {officer.id, other.id}
        acts = await actions_in(uow.session, row.id)
    assert set(acts) == {"organization.created", "role.granted", "shop.changed", "shop.opened"}
    assert len(acts) == 4


async def test_the_page_and_its_file_hold_the_same(busy, visit):
    _, officer, other, _ = busy
    visitor = await visit(officer)
    asked = f"?person={other.id}&act=shop.changed"
    page = (await visitor.get(f"/office/log{asked}")).text
    assert "Carlo Prova" in page
    assert page.count("<tr>") == 2, "the heading and one act"
    answer = await visitor.get(f"/office/log/csv{asked}")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 2
    assert lines[1][1] == "Carlo Prova"
    assert lines[1][8] == str(other.id)
    wrong = await visitor.get("/office/log?since=yesterday")
    assert wrong.status_code == 400
    assert "yesterday" in wrong.text


async def test_the_api_searches_and_says_whence(busy, visit):
    row, officer, other, _ = busy
    visitor = await visit(officer)
    answer = await visitor.graphql(
        """query ($id: ID!, $search: LogSearch) { log(organizationId: $id, search: $search) {
        nodes { action actingForId origin network tokenId changes } } }""",
        id=global_id("Organization", row.id),
        search={"userId": global_id("User", other.id), "objectId": global_id("Shop", other.id)},
    )
    nodes = answer["data"]["log"]["nodes"]
    assert [node["action"] for node in nodes] == ["shop.opened", "shop.changed"]
    assert nodes[0]["origin"] == "program"


def test_the_address_is_said_for_the_time_of_the_request_alone():
    from arengo_core.audit.origin import network

    with coming_from("203.0.113.9"):
        assert network() == "203.0.113.0/24"
    assert network() == ""


def test_every_mutation_refuses_a_reading_token_before_it_begins(host):
    mutation = host.state["schemas"].whole.mutation.__strawberry_definition__
    fields = mutation.fields
    assert len(fields) > 60
    open_ones = [
        field.python_name
        for field in fields
        if "answer" not in field.base_resolver.wrapped_func.__code__.co_name
    ]
    assert open_ones == []


async def test_a_reading_token_tries_no_gateway(host, make_consortium, caller_for, visit):
    made = await make_consortium()
    caller = await caller_for(made.officer)
    secret = await _token(host, caller, made.id, read_only=True, days=3)
    visitor = await visit()
    visitor.http.headers["Authorization"] = f"Bearer {secret}"
    async with host.unit_of_work() as uow:
        await gate.begin(uow.session, made.id, "payments")
    tried = """mutation ($id: ID!) { testPaymentGateway(consortiumId: $id) {
        works userErrors { code } } }"""
    answer = await visitor.graphql(tried, id=global_id("Organization", made.id))
    assert answer["data"]["testPaymentGateway"]["userErrors"] == [{"code": "FORBIDDEN"}]
