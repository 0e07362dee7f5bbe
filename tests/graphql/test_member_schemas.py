"""What a caller's schema holds: of gated fields those whose service an organization of its has."""

from __future__ import annotations

import re

import pytest

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Role, Services
from arengo_core.ids import new_id
from arengo_core.permissions import service as delegation
from arengo_core.testing.statements import counting
from arengo_graphql.schemas import MAX_SCHEMAS, ROUTER_HEADER, Schemas

NAMES = "{ __schema { mutationType { fields { name } } } }"
MAKE_TOKEN = """mutation($o: [ID!]!) {
  createApiToken(organizationIds: $o, readOnly: false, days: 2) { token userErrors { code } } }"""
TOKEN = "router-token-of-thirty-two-characters"


async def _mutations(visitor):
    answer = await visitor.graphql(NAMES)
    return {field["name"] for field in answer["data"]["__schema"]["mutationType"]["fields"]}


@pytest.fixture
async def two_shops(make_consortium, make_merchant, make_offer, activate):
    """A consortium with a merchant who has a storefront and one who has not."""
    consortium = await make_consortium()
    having = await make_merchant(consortium.id, consortium.lead.id, name="Con negozio")
    without = await make_merchant(consortium.id, consortium.lead.id, name="Senza negozio")
    await activate(having.id, await make_offer(consortium.id, "storefront"))
    return consortium, having, without


async def test_introspection_shows_what_the_organization_has_active(two_shops, visit):
    consortium, having, without = two_shops
    assert "createProduct" in await _mutations(await visit(having.person))
    for person in (without.person, None):
        seen = await _mutations(await visit(person))
        assert "createProduct" not in seen
        assert {"signIn", "addToCart"} <= seen
    assert "createProduct" in await _mutations(await visit(consortium.officer)), "its members' too"


async def test_a_hidden_field_answers_as_one_that_does_not_exist(two_shops, visit):
    """And no answer betrays it: what is suggested instead is of the caller's own schema."""
    _, having, without = two_shops
    for person, hint in ((having.person, True), (without.person, False)):
        visitor = await visit(person)
        said = await visitor.graphql("mutation { createProdukt { userErrors { code } } }")
        assert ("'createProduct'" in said["errors"][0]["message"]) is hint
    said = await visitor.graphql("mutation { createProduct { userErrors { code } } }")
    [error] = said["errors"]
    assert said["data"] is None
    assert error["message"].startswith("Cannot query field 'createProduct' on type 'Mutation'.")
    assert error["extensions"]["code"] == "GRAPHQL_INVALID"
    assert "publishProduct" not in error["message"]

    async def bytes_of(name):
        asked = {"query": f"mutation {{ {name} {{ userErrors {{ code }} }} }}"}
        answer = await visitor.http.post("/graphql", json=asked)
        trace = answer.json()["errors"][0]["extensions"]["traceId"]
        return answer.status_code, answer.text.replace(name, "NAME").replace(trace, "TRACE")

    assert await bytes_of("createProduct") == await bytes_of("createProdukt")


async def test_the_field_is_there_and_gone_with_the_activation(
    host, two_shops, visit, activate, make_offer, caller_for
):
    from arengo_marketplace.activations import service as activations

    consortium, _, without = two_shops
    officer = await caller_for(consortium.officer)
    visitor = await visit(without.person)
    offer = await make_offer(consortium.id, "delivery")
    assert "createPickUpPoint" not in await _mutations(visitor)
    activation = await activate(without.id, offer)
    assert "createPickUpPoint" in await _mutations(visitor)
    async with host.unit_of_work(officer) as uow:
        await activations.suspend(uow, host, activation_id=activation.id, why="prova")
    assert "createPickUpPoint" not in await _mutations(visitor)


async def test_what_finishes_begun_work_is_seen_by_those_who_began(
    host, two_shops, visit, activate, make_offer, caller_for
):
    """After a suspension too, and at the office that offers the service; nobody else sees it."""
    from arengo_marketplace.activations import service as activations

    consortium, having, without = two_shops
    shop, stranger = await visit(having.person), await visit(without.person)
    office = await visit(consortium.officer)
    for visitor in (shop, stranger, office):
        assert "carryParcel" not in await _mutations(visitor)
    offer = await make_offer(consortium.id, "delivery")
    assert "carryParcel" in await _mutations(office)
    assert "carryParcel" not in await _mutations(shop), "offered is not begun"
    activation = await activate(having.id, offer)
    async with host.unit_of_work(await caller_for(consortium.officer)) as uow:
        await activations.suspend(uow, host, activation_id=activation.id, why="prova")
    seen = await _mutations(shop)
    assert "carryParcel" in seen
    assert "createPickUpPoint" not in seen, "it starts something new"
    assert "carryParcel" not in await _mutations(stranger)


async def test_an_invisible_organization_of_another_role_adds_nothing(two_shops, visit, make_user):
    _, having, without = two_shops
    both = await make_user((having.id, Role.CLERK), (without.id, Role.MERCHANT))
    assert "createProduct" in await _mutations(await visit(both))


async def test_federation_answers_the_router_alone(host, app, visit, monkeypatch):
    ask = "{ _service { sdl } }"
    visitor = await visit()
    schemas = host.state["schemas"]
    monkeypatch.setattr(schemas, "_router_token", TOKEN)
    for headers in ({}, {ROUTER_HEADER: "another"}):
        answer = (await visitor.http.post("/graphql", json={"query": ask}, headers=headers)).json()
        [error] = answer["errors"]
        assert error["message"].startswith("Cannot query field '_service' on type 'Query'.")
    headers = {ROUTER_HEADER: TOKEN}
    answer = (await visitor.http.post("/graphql", json={"query": ask}, headers=headers)).json()
    assert "createProduct" in answer["data"]["_service"]["sdl"]
    monkeypatch.setattr(schemas, "_router_token", None)
    answer = (await visitor.http.post("/graphql", json={"query": ask}, headers=headers)).json()
    assert answer["errors"], "without a token set nobody is the router"


async def test_schemas_are_built_once_and_the_oldest_goes(host, app):
    built = []
    gating = {str(new_id()) for _ in range(MAX_SCHEMAS + 1)}
    schemas = Schemas(host.state["schemas"].whole, built.append, None)
    schemas._gating = frozenset(gating)
    for service in [*gating, *gating]:
        await schemas.for_services(Services(frozenset({service, "of no field"})))
    assert len(schemas._known) == MAX_SCHEMAS
    assert len(built) == 2 * (MAX_SCHEMAS + 1), "each came again after it had gone"
    last = Services(frozenset({list(gating)[-1]}))
    await schemas.for_services(last)
    assert len(built) == 2 * (MAX_SCHEMAS + 1)


async def test_a_delegate_sees_the_lenders_services_if_it_may_act_for_others(
    host, two_shops, visit, make_user, caller_for
):
    consortium, having, _ = two_shops
    town = consortium.municipalities[1]
    people = [await make_user((town.id, role)) for role in (Role.MUNICIPAL_OFFICER, Role.CLERK)]
    assert "createProduct" not in await _mutations(await visit(people[0]))
    async with host.unit_of_work(await caller_for(having.person)) as uow:
        await delegation.delegate(
            uow,
            host,
            having.id,
            permission="marketplace.figures",
            delegate_id=town.id,
            until=clock.today(),
        )
    officer, clerk = [await _mutations(await visit(person)) for person in people]
    assert "createProduct" in officer
    assert "createProduct" not in clerk


async def test_a_token_shows_the_services_of_its_organizations(host, two_shops, visit, make_user):
    _, having, without = two_shops
    both = await make_user((having.id, Role.MERCHANT), (without.id, Role.MERCHANT))
    visitor = await visit(both)
    for place, there in ((having, True), (without, False)):
        made = await visitor.graphql(MAKE_TOKEN, o=[global_id("Organization", place.id)])
        headers = {"authorization": f"Bearer {made['data']['createApiToken']['token']}"}
        answer = await visitor.http.post("/graphql", json={"query": NAMES}, headers=headers)
        fields = answer.json()["data"]["__schema"]["mutationType"]["fields"]
        assert ("createProduct" in {field["name"] for field in fields}) is there


async def test_choosing_a_callers_schema_sends_no_statement(host, two_shops, visit):
    consortium, having, _ = two_shops
    for person in (having.person, consortium.officer, None):
        visitor = await visit(person)
        await visitor.graphql(NAMES)
        with counting(host) as sent:
            await visitor.graphql(NAMES)
        about_services = [text for text in sent if re.search("(active|begun)_service", text)]
        assert len(about_services) == (1 if person else 0)
        assert all("user_session" in text for text in about_services)
