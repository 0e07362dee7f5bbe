"""The same through GraphQL alone, and what it refuses."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from arengo_core.api.scalars import global_id
from arengo_core.testing.statements import counting


def org(member) -> str:
    """A member's Relay id."""
    return global_id("Organization", member.id)


def errors_of(answer, field) -> list[tuple[str, str | None]]:
    """Code and field of a mutation's errors."""
    return [(e["code"], e.get("field")) for e in answer["data"][field]["userErrors"]]


@pytest.fixture
def api(visit):
    """Ask as a person; the data, without GraphQL errors."""

    async def ask(person, query, **variables):
        answer = await (await visit(person)).graphql(query, **variables)
        assert "errors" not in answer, answer
        return answer

    return ask


async def test_anybody_asks_for_prices_and_points(valley, api):
    answer = await api(
        None,
        """query($m: ID!, $c: ID!) {
          deliveryOptions(merchantId: $m, consortiumId: $c, weightGrams: 900,
                          destinationIstat: "014036") {
            key kind price { amount currency } points { name openingHours } }
          pickUpPoints(consortiumId: $c) { name }
          courierTariffs(consortiumId: $c) { destination isOwn bands { upToGrams } } }""",
        m=org(valley.shop),
        c=org(valley.consortium),
    )
    data = answer["data"]
    assert [option["key"] for option in data["deliveryOptions"]] == [
        "valley-courier:standard",
        "pick-up-point:counter",
    ]
    assert data["deliveryOptions"][0]["price"] == {"amount": 390, "currency": "EUR"}
    assert data["pickUpPoints"] == [{"name": "Municipio"}]
    assert [t["destination"] for t in data["courierTariffs"]] == ["valley", "elsewhere"]


async def test_a_parcel_from_the_shop_to_the_shoppers_hands(
    valley, announce, api, mailbox, run_jobs
):
    request = valley.to_counter()
    parcel = await announce(request)
    shop, town = org(valley.shop), org(valley.town)
    listed = await api(
        valley.shop.person,
        """query($o: ID!) { parcels(organizationId: $o, states: ["announced"]) {
             nodes { id orderReference state steps { state } point { name } } } }""",
        o=shop,
    )
    [node] = listed["data"]["parcels"]["nodes"]
    assert node["steps"] == [{"state": "announced"}]
    assert node["point"] == {"name": "Municipio"}
    label = await api(
        valley.shop.person,
        "query($o: ID!, $i: ID!) { parcelLabel(organizationId: $o, id: $i) }",
        o=shop,
        i=node["id"],
    )
    pdf = PdfReader(BytesIO(base64.b64decode(label["data"]["parcelLabel"])))
    assert "Maria Rossi" in pdf.pages[0].extract_text()
    moved = await api(
        valley.shop.person,
        """mutation($o: ID!, $i: ID!) { moveParcel(organizationId: $o, id: $i, state: "ready") {
             parcel { state steps { state } } userErrors { code field } } }""",
        o=shop,
        i=node["id"],
    )
    assert moved["data"]["moveParcel"]["parcel"]["state"] == "ready"
    assert len(moved["data"]["moveParcel"]["parcel"]["steps"]) == 2
    received = await api(
        valley.clerk,
        """mutation($o: ID!, $l: String!) { receiveParcel(organizationId: $o, label: $l) {
             parcel { state } userErrors { code field } } }""",
        o=town,
        l=parcel.tracking_code,
    )
    assert received["data"]["receiveParcel"]["parcel"] == {"state": "at_pick_up_point"}
    await run_jobs()
    [code] = re.findall(r"\b\d{3} \d{3}\b", mailbox.to(request.recipient_email)[-1]["text"])
    hand_over = """mutation($o: ID!, $c: String!) {
        findWaitingParcel(organizationId: $o, code: $c) {
          parcel { recipientName } userErrors { code field } }
        handOverParcel(organizationId: $o, code: $c, idempotencyKey: "twelve-34") {
          parcel { state } userErrors { code field } } }"""
    done = await api(valley.clerk, hand_over, o=town, c=code)
    assert done["data"]["findWaitingParcel"]["parcel"] == {"recipientName": "Maria Rossi"}
    assert done["data"]["handOverParcel"]["parcel"] == {"state": "delivered"}
    again = await api(valley.clerk, hand_over, o=town, c=code)
    assert errors_of(again, "findWaitingParcel") == [("INVALID", "code")]
    assert again["data"]["handOverParcel"]["parcel"] == {"state": "delivered"}
    seen = await api(
        None,
        """query($c: String!) { parcelTracking(code: $c) {
             state recipient town steps { state } } }""",
        c=parcel.tracking_code,
    )
    assert seen["data"]["parcelTracking"]["state"] == "delivered"
    assert seen["data"]["parcelTracking"]["recipient"] == "M. R."


async def test_the_courier_carries_by_label(valley, announce, api, visit):
    parcel = await announce(valley.parcel(), ready=True)
    carry = """mutation($o: ID!, $l: String!, $s: String!) {
        carryParcel(organizationId: $o, label: $l, state: $s, place: "Chiesa") {
          tracking { state steps { state place } } userErrors { code field } } }"""
    done = await api(
        valley.consortium.officer,
        carry,
        o=org(valley.consortium),
        l=parcel.tracking_code,
        s="in_transit",
    )
    assert done["data"]["carryParcel"]["tracking"]["steps"][0] == {
        "state": "in_transit",
        "place": "Chiesa",
    }
    for person, member, state, code in (
        (valley.other_shop.person, valley.other_shop, "delivered", "FORBIDDEN"),
        (valley.clerk, valley.town, "lost", "INVALID"),
        (valley.clerk, valley.town, "at_pick_up_point", "CONFLICT"),
    ):
        refused = await api(person, carry, o=org(member), l=parcel.tracking_code, s=state)
        assert errors_of(refused, "carryParcel")[0][0] == code
    stranger = await visit(valley.other_town.person)
    hidden = await stranger.graphql(
        carry, o=org(valley.other_town), l=parcel.tracking_code, s="delivered"
    )
    assert hidden["errors"][0]["message"].startswith("Cannot query field 'carryParcel'")


async def test_the_office_sets_tariffs_and_others_may_not(valley, api):
    query = """mutation($c: ID!, $b: [TariffBandInput!]!) {
        setTariff(consortiumId: $c, destination: "014036", bands: $b) {
          done userErrors { code field message } } }"""
    bands = [{"upToGrams": 1000, "price": 99}]
    refused = await api(valley.shop.person, query, c=org(valley.consortium), b=bands)
    assert errors_of(refused, "setTariff") == [("FORBIDDEN", None)]
    wrong = await api(
        valley.consortium.officer,
        query,
        c=org(valley.consortium),
        b=[{"upToGrams": 0, "price": 99}],
    )
    assert errors_of(wrong, "setTariff") == [("INVALID", "bands")]
    done = await api(valley.consortium.officer, query, c=org(valley.consortium), b=bands)
    assert done["data"]["setTariff"]["done"] is True
    removed = await api(
        valley.consortium.officer,
        """mutation($c: ID!) { removeTariff(consortiumId: $c, destination: "014036") {
             done userErrors { code } } }""",
        c=org(valley.consortium),
    )
    assert removed["data"]["removeTariff"]["done"] is True


async def test_a_keeper_opens_changes_and_closes_a_point(valley, api):
    keeper, place = valley.town.person, org(valley.town)
    made = await api(
        keeper,
        """mutation($o: ID!) { createPickUpPoint(organizationId: $o, name: "Biblioteca",
             address: "Via 1", openingHours: "sab", idempotencyKey: "a-key-of-ours") {
             point { id name } userErrors { code field } } }""",
        o=place,
    )
    point = made["data"]["createPickUpPoint"]["point"]["id"]
    changed = await api(
        keeper,
        """mutation($o: ID!, $i: ID!) { changePickUpPoint(organizationId: $o, id: $i,
             name: "", address: "Via 1", openingHours: "dom") {
             point { id } userErrors { code field } } }""",
        o=place,
        i=point,
    )
    assert errors_of(changed, "changePickUpPoint") == [("INVALID", "name")]
    close = """mutation($o: ID!, $i: ID!) { closePickUpPoint(organizationId: $o, id: $i) {
        point { closedAt } userErrors { code } } }"""
    refused = await api(valley.shop.person, close, o=org(valley.shop), i=point)
    assert errors_of(refused, "closePickUpPoint")[0][0] == "NOT_FOUND"
    closed = await api(keeper, close, o=place, i=point)
    assert closed["data"]["closePickUpPoint"]["point"]["closedAt"] is not None
    kept = await api(
        keeper,
        "query($o: ID!) { keptPickUpPoints(organizationId: $o) { name closedAt } }",
        o=place,
    )
    assert [p["name"] for p in kept["data"]["keptPickUpPoints"]] == ["Municipio", "Biblioteca"]


async def test_another_shop_sees_nothing(valley, announce, visit):
    parcel = await announce(valley.parcel())
    stranger = await visit(valley.other_shop.person)
    for organization in (org(valley.shop), org(valley.other_shop)):
        answer = await stranger.graphql(
            "query($o: ID!, $i: ID!) { parcel(organizationId: $o, id: $i) { recipientName } }",
            o=organization,
            i=global_id("Parcel", parcel.id),
        )
        assert answer["errors"][0]["extensions"]["code"] in {"FORBIDDEN", "NOT_FOUND"}
        assert not answer.get("data")


@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_parcels_holds_its_number_of_statements(host, valley, announce, api, count):
    for _ in range(count):
        await announce(valley.to_counter())
    with counting(host) as statements:
        await api(
            valley.shop.person,
            """query($o: ID!) { parcels(organizationId: $o) {
                 nodes { id steps { state } point { name } } } }""",
            o=org(valley.shop),
        )
    ours = [s for s in statements if "delivery." in s]
    assert len(ours) == 4
