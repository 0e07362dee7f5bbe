"""The same jobs through GraphQL, with the refusals of callers who may not."""

from __future__ import annotations

from arengo_core.api.scalars import global_id
from arengo_marketplace.testing import new_vat_number

CREATE = """
mutation($c: ID!, $terms: OfferTerms!) {
  createOffer(consortiumId: $c, serviceKey: "bell", terms: $terms) {
    offer { id service published coversMerchants }
    userErrors { code field message }
  }
}
"""
PREVIEW = """
query($o: ID!, $m: ID!) {
  previewActivation(offerId: $o, memberId: $m, expectedUse: [{meter: "bell.strokes", units: "3"}]) {
    own { today { amount } afterwards { amount } perInhabitant { amount } }
    others { name difference { amount } }
  }
}
"""
REQUEST = """
mutation($o: ID!, $m: ID!) {
  requestActivation(offerId: $o, memberId: $m,
    expectedUse: [{meter: "bell.strokes", units: "3"}]) {
    activation { id state expectedUse { meter units } }
    userErrors { code field message }
  }
}
"""
END = """
mutation($id: ID!) {
  endActivation(id: $id, why: "Enough") {
    activation { state }
    userErrors { code }
  }
}
"""
TERMS = {
    "pricePlan": {"charges": [{"type": "fixed", "label": "x", "amount": 120000, "every": "year"}]},
    "costRule": {"parts": [{"key": "equal", "weight": 100}]},
}


async def test_offer_preview_activation_and_end(make_consortium, visit):
    made = await make_consortium()
    office, town = await visit(made.officer), await visit(made.lead_officer)
    consortium = global_id("Organization", made.id)
    lead = global_id("Organization", made.lead.id)

    refused = await town.graphql(CREATE, c=consortium, terms=TERMS)
    assert refused["data"]["createOffer"]["userErrors"][0]["code"] == "FORBIDDEN"
    wrong = await office.graphql(CREATE, c=consortium, terms={**TERMS, "pricePlan": {}})
    assert wrong["data"]["createOffer"]["userErrors"][0]["field"] == "pricePlan"
    created = (await office.graphql(CREATE, c=consortium, terms=TERMS))["data"]["createOffer"]
    assert created["userErrors"] == []
    offer = created["offer"]["id"]

    shown = (await town.graphql(PREVIEW, o=offer, m=lead))["data"]["previewActivation"]
    assert shown["own"]["afterwards"]["amount"] == 120000
    answer = (await town.graphql(REQUEST, o=offer, m=lead))["data"]["requestActivation"]
    assert answer["userErrors"] == []
    assert answer["activation"]["state"] == "active"
    again = (await town.graphql(REQUEST, o=offer, m=lead))["data"]["requestActivation"]
    assert again["userErrors"][0]["code"] == "CONFLICT"

    activation = answer["activation"]["id"]
    changes = await town.graphql(
        "query($id: ID!) { activationChanges(id: $id) { state } activation(id: $id) { state } }",
        id=activation,
    )
    states = [change["state"] for change in changes["data"]["activationChanges"]]
    assert states == ["requested", "approved", "active"]
    ended = (await town.graphql(END, id=activation))["data"]["endActivation"]
    assert ended["activation"]["state"] == "ended"


async def test_another_member_sees_no_activation(
    make_consortium, make_municipality, make_offer, activate, visit
):
    made = await make_consortium(("014019",))
    other = await make_municipality(made.id, "014036")
    row = await activate(made.lead.id, await make_offer(made.id, "bell"))
    stranger = await visit(other.person)
    listed = await stranger.graphql(
        "query($c: ID!) { activations(consortiumId: $c) { nodes { id } } }",
        c=global_id("Organization", made.id),
    )
    assert listed["data"]["activations"]["nodes"] == []
    refused = await stranger.graphql(END, id=global_id("Activation", row.id))
    assert refused["data"]["endActivation"]["userErrors"][0]["code"] == "NOT_FOUND"


async def test_members_come_in_pages(make_consortium, visit):
    made = await make_consortium()
    visitor = await visit()
    query = """
    query($c: ID!, $after: String) {
      members(consortiumId: $c, first: 3, after: $after) {
        nodes { name population } pageInfo { hasNextPage endCursor }
      }
    }
    """
    consortium = global_id("Organization", made.id)
    first = (await visitor.graphql(query, c=consortium))["data"]["members"]
    assert [n["name"] for n in first["nodes"]] == ["Caspoggio", "Chiesa in Valmalenco", "Lanzada"]
    after = first["pageInfo"]["endCursor"]
    rest = (await visitor.graphql(query, c=consortium, after=after))["data"]["members"]
    assert [n["name"] for n in rest["nodes"]] == ["Spriana"]
    assert not rest["pageInfo"]["hasNextPage"]


async def test_a_merchant_joins(make_consortium, visit):
    made = await make_consortium()
    ask = """
    mutation($input: JoinInput!) {
      requestToJoin(input: $input) { joinRequest { id state } userErrors { field } }
    }
    """
    decide = """
    mutation($id: ID!) {
      decideJoinRequest(id: $id, admit: true) { joinRequest { state } userErrors { code } }
    }
    """
    wish = {
        "consortiumId": global_id("Organization", made.id),
        "name": "Forno",
        "vatNumber": new_vat_number(),
        "street": "Via Roma 1",
        "postcode": "23023",
        "seatId": global_id("Organization", made.lead.id),
        "person": "Ada",
        "email": f"{made.id.hex}@forno.example",
    }
    visitor = await visit()
    wrong = await visitor.graphql(ask, input={**wish, "vatNumber": "1"})
    assert wrong["data"]["requestToJoin"]["userErrors"] == [{"field": "vatNumber"}]
    asked = (await visitor.graphql(ask, input=wish))["data"]["requestToJoin"]
    request = asked["joinRequest"]["id"]
    refused = await visitor.graphql(decide, id=request)
    assert refused["data"]["decideJoinRequest"]["joinRequest"] is None
    done = await (await visit(made.officer)).graphql(decide, id=request)
    assert done["data"]["decideJoinRequest"]["joinRequest"]["state"] == "admitted"
