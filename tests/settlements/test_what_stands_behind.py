"""A settlement names the rule that divided each service, its vote, and the usage it froze."""

from __future__ import annotations

from arengo_core.api.scalars import global_id
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.settlements.usage_proof import batch_document
from tests.settlements.html import links_in
from tests.settlements.valley import AUGUST, IN_SEPTEMBER

RULE = {"parts": [{"key": "population", "weight": "100"}]}
QUERY = """query ($settlement: ID!, $consortium: ID!) {
  settlement(id: $settlement) {
    services { ruleFrom voteId }
    usageBatches { source records digest reporter }
  }
  offers(consortiumId: $consortium) { rules { validFrom rule voteId } }
}"""
ENTER = """mutation ($consortium: ID!, $town: ID!) {
  enterUsage(consortiumId: $consortium, source: "torre", readings: [{
    meter: "bell.strokes", organizationId: $town, quantity: "7", key: "1",
    occurredAt: "2026-08-05T08:00:00Z"
  }]) { new userErrors { message } }
}"""


async def test_the_rule_its_vote_and_the_batches_are_named(valley, visit, move_clock):
    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)
    entered = await office.graphql(
        ENTER,
        consortium=global_id("Organization", valley.id),
        town=global_id("Organization", valley.towns[0].id),
    )
    assert entered["data"]["enterUsage"] == {"new": 1, "userErrors": []}
    await valley.divide_by(RULE, AUGUST)
    await valley.enter(40_000)
    settlement = await valley.close()
    async with valley.host.unit_of_work(valley.office) as uow:
        (batch,) = await metering.batches_of_month(uow.session, valley.id, AUGUST.start)
    answer = await office.graphql(
        QUERY,
        settlement=global_id("Settlement", settlement.id),
        consortium=global_id("Organization", valley.id),
    )
    assert "errors" not in answer, answer
    (service,) = answer["data"]["settlement"]["services"]
    assert service["ruleFrom"] == "2026-08-01"
    rules = answer["data"]["offers"][0]["rules"]
    assert rules[-1]["voteId"] == service["voteId"] is not None
    assert rules[-1]["rule"]["parts"][0]["key"] == "population"
    assert answer["data"]["settlement"]["usageBatches"] == [
        {
            "source": "torre",
            "records": 1,
            "digest": batch_document(batch)["sha256"],
            "reporter": valley.officer.name,
        }
    ]
    (share,) = [
        one for one in await valley.shares(settlement) if one.organization_id == valley.towns[0].id
    ]
    shown = await office.get(f"/office/settlements/{settlement.id}")
    assert batch.digest.hex()[:16] in shown.text
    assert valley.officer.name in shown.text
    town = await visit(valley.town_officer)
    votes = {link for link in links_in(shown.text) if "/office/votes/" in link}
    assert len(votes) == 1
    for visitor, path in (
        (office, f"/office/settlements/{settlement.id}/services/{valley.offer.id}"),
        (town, f"/office/statements/{share.statement_id}/services/{valley.offer.id}"),
    ):
        page = await visitor.get(path)
        assert page.status_code == 200
        assert votes <= set(links_in(page.text))
