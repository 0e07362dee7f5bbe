"""What the pages of people and log show, through GraphQL."""

from __future__ import annotations

from arengo_core.api.scalars import global_id, local_id
from arengo_core.caller import Role

PEOPLE = """query ($id: ID!) {
  people(organizationId: $id) { userId name email role }
  invitations(organizationId: $id) { email role }
}"""
LOG = """query ($id: ID!, $after: String) { log(organizationId: $id, first: 1, after: $after) {
  nodes { action title userId objectType details } edges { cursor } pageInfo { hasNextPage }
} }"""
INVITE = """mutation ($id: ID!) {
  invitePerson(organizationId: $id, email: "ivo@example.it", name: "Ivo", role: "clerk") {
    done userErrors { code } } }"""
REMOVE = """mutation ($id: ID!, $who: ID!) {
  removeRole(organizationId: $id, userId: $who, role: "clerk") { done userErrors { code } } }"""


async def test_people_are_found_invited_and_let_go_by_the_api(make_consortium, make_user, visit):
    made = await make_consortium()
    clerk = await make_user((made.lead.id, Role.CLERK), name="Bea Sportello")
    place = global_id("Organization", made.lead.id)
    officer = await visit(made.lead_officer)
    assert (await officer.graphql(INVITE, id=place))["data"]["invitePerson"]["done"]
    data = (await officer.graphql(PEOPLE, id=place))["data"]
    assert data["invitations"] == [{"email": "ivo@example.it", "role": "clerk"}]
    (found,) = [one for one in data["people"] if one["role"] == "clerk"]
    assert (found["name"], found["email"]) == ("Bea Sportello", clerk.email)
    assert local_id(found["userId"], "User") == clerk.id
    done = await officer.graphql(REMOVE, id=place, who=found["userId"])
    assert done["data"]["removeRole"] == {"done": True, "userErrors": []}
    left = (await officer.graphql(PEOPLE, id=place))["data"]["people"]
    assert [one["role"] for one in left] == ["municipal_officer"]

    refused = await (await visit(clerk)).graphql(PEOPLE, id=place)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert clerk.email not in str(refused)


async def test_the_log_is_read_page_by_page(make_consortium, visit):
    made = await make_consortium()
    place = global_id("Organization", made.lead.id)
    officer = await visit(made.lead_officer)
    await officer.graphql(INVITE, id=place)
    newest = (await officer.graphql(LOG, id=place))["data"]["log"]
    (entry,) = newest["nodes"]
    assert (entry["action"], entry["title"]) == ("invitation.sent", "Invito inviato")
    assert local_id(entry["userId"], "User") == made.lead_officer.id
    assert newest["pageInfo"]["hasNextPage"]
    after = newest["edges"][0]["cursor"]
    older = (await officer.graphql(LOG, id=place, after=after))["data"]["log"]
    assert older["nodes"][0]["action"] != "invitation.sent"
    wrong = await officer.graphql(LOG, id=place, after="bm90aGluZw==")
    assert wrong["errors"][0]["extensions"]["code"] == "INVALID"
