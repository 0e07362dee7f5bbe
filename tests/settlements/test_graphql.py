"""The whole month through GraphQL alone."""

from __future__ import annotations

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.ids import new_id
from tests.settlements.valley import IN_SEPTEMBER, STROKES

ADD = """
mutation ($id: ID!, $line: CostLineInput!, $key: String) {
  addCostLine(consortiumId: $id, line: $line, idempotencyKey: $key) {
    costLine { id month amount { amount } } userErrors { code field message }
  }
}"""
CLOSE = """
mutation ($id: ID!) {
  closeSettlement(consortiumId: $id, month: "2026-08") {
    settlement {
      id net { amount } services { service net { amount } }
      statements { id memberName amount { amount } shares { amount { amount }
        components { key amount { amount } } } }
    }
    userErrors { code field message }
  }
}"""


def _line(valley, **more):
    return {
        "offerId": global_id("Offer", valley.offer.id),
        "month": "2026-08",
        "kind": "fixed",
        "description": "Canone",
        "amount": 100_003,
        **more,
    }


@pytest.fixture
async def office(valley, visit):
    return await visit(valley.officer)


@pytest.fixture
def consortium(valley):
    return global_id("Organization", valley.id)


def _data(answer):
    assert "errors" not in answer, answer
    return answer["data"]


async def test_a_month_from_its_costs_to_its_payments(
    valley, office, consortium, move_clock, visit
):
    key = new_id().hex
    first = _data(await office.graphql(ADD, id=consortium, line=_line(valley), key=key))
    again = _data(await office.graphql(ADD, id=consortium, line=_line(valley), key=key))
    assert first == again
    await valley.use(valley.towns[0].id, 12)
    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)

    preview = _data(
        await office.graphql(
            'query ($id: ID!) { previewSettlement(consortiumId: $id, month: "2026-08")'
            " { net { amount } problems shares { name amount { amount } } } }",
            id=consortium,
        )
    )["previewSettlement"]
    assert (preview["net"]["amount"], preview["problems"]) == (100_003, [])

    made = _data(await office.graphql(CLOSE, id=consortium))["closeSettlement"]
    assert made["userErrors"] == []
    settlement = made["settlement"]
    assert {one["memberName"]: one["amount"]["amount"] for one in settlement["statements"]} == {
        one["name"]: one["amount"]["amount"] for one in preview["shares"]
    }
    for statement in settlement["statements"]:
        shares = statement["shares"]
        assert sum(s["amount"]["amount"] for s in shares) == statement["amount"]["amount"]

    statement = settlement["statements"][0]
    pay = """
    mutation ($id: ID!, $amount: Int!) {
      recordStatementPayment(id: $id, amount: $amount, paidOn: "2026-09-01", reference: "CRO 1") {
        statement { open { amount } state payments { reference amount { amount } } }
        userErrors { code field message }
      }
    }"""
    amount = statement["amount"]["amount"]
    too_much = _data(await office.graphql(pay, id=statement["id"], amount=amount + 1))
    assert too_much["recordStatementPayment"]["userErrors"][0]["field"] == "amount"
    paid = _data(await office.graphql(pay, id=statement["id"], amount=amount))
    assert paid["recordStatementPayment"]["statement"] == {
        "open": {"amount": 0},
        "state": "paid",
        "payments": [{"reference": "CRO 1", "amount": {"amount": amount}}],
    }
    ledger = _data(
        await office.graphql(
            "query ($id: ID!) { ledger(consortiumId: $id)"
            " { code debits { amount } credits { amount } balance { amount } } }",
            id=consortium,
        )
    )["ledger"]
    assert sum(one["balance"]["amount"] for one in ledger) == 0
    balances = {one["code"]: one["balance"]["amount"] for one in ledger}
    assert balances["bank"] == amount
    assert balances["member_receivable"] == 100_003 - amount

    reverse = _data(
        await office.graphql(
            'mutation ($id: ID!) { reverseSettlement(id: $id, reason: "Wrong")'
            " { settlement { net { amount } reversesId } userErrors { message } } }",
            id=settlement["id"],
        )
    )["reverseSettlement"]
    assert reverse["settlement"] == {"net": {"amount": -100_003}, "reversesId": settlement["id"]}
    listed = _data(
        await office.graphql(
            "query ($id: ID!) { settlements(consortiumId: $id) { nodes"
            " { id reversedById net { amount } } } }",
            id=consortium,
        )
    )["settlements"]["nodes"]
    assert [one["net"]["amount"] for one in listed] == [-100_003, 100_003]
    assert listed[1]["reversedById"] == listed[0]["id"]


async def test_lines_are_corrected_removed_and_imported(valley, office, consortium):
    line = _data(await office.graphql(ADD, id=consortium, line=_line(valley)))["addCostLine"]
    change = """
    mutation ($id: ID!, $line: CostLineInput!) {
      updateCostLine(id: $id, line: $line) { costLine { amount { amount } }
        userErrors { field code } }
    }"""
    key = line["costLine"]["id"]
    changed = _data(await office.graphql(change, id=key, line=_line(valley, amount=7)))
    assert changed["updateCostLine"]["costLine"]["amount"]["amount"] == 7
    refused = _data(await office.graphql(change, id=key, line=_line(valley, month="2026-13")))
    assert refused["updateCostLine"]["userErrors"] == [{"field": "month", "code": "INVALID"}]
    removed = "mutation ($id: ID!) { removeCostLine(id: $id) { costLine { id } } }"
    assert _data(await office.graphql(removed, id=key))["removeCostLine"]["costLine"]["id"] == key

    file = "month;service;kind;description;amount\n2026-08;bell;fixed;Canone;12,50\n"
    load = """
    mutation ($id: ID!, $csv: String!, $dry: Boolean!) {
      importCostLines(consortiumId: $id, csv: $csv, dryRun: $dry) {
        entered readable total { amount } faults { line column message } userErrors { code } }
    }"""
    dry = _data(await office.graphql(load, id=consortium, csv=file, dry=True))["importCostLines"]
    assert (dry["entered"], dry["readable"], dry["total"]["amount"]) == (0, 1, 1250)
    bad = _data(
        await office.graphql(load, id=consortium, csv=file + "x;bell;fixed;?;1\n", dry=False)
    )["importCostLines"]
    assert (bad["entered"], bad["faults"][0]["line"]) == (0, 3)
    done = _data(await office.graphql(load, id=consortium, csv=file, dry=False))
    assert done["importCostLines"]["entered"] == 1
    lines = "query ($id: ID!) { costLines(consortiumId: $id) { nodes { amount { amount } } } }"
    nodes = _data(await office.graphql(lines, id=consortium))["costLines"]["nodes"]
    assert nodes == [{"amount": {"amount": 1250}}]


async def test_the_price_plans_fill_a_month(valley, office, consortium):
    await valley.use(valley.towns[0].id, 10)
    fill = """
    mutation ($id: ID!) { fillCostLines(consortiumId: $id, month: "2026-08") {
      costLines { kind amount { amount } fromPlan } leftAlone userErrors { code } } }"""
    made = _data(await office.graphql(fill, id=consortium))["fillCostLines"]
    assert [(one["kind"], one["amount"]["amount"]) for one in made["costLines"]] == [
        ("fixed", 8_334),
        ("usage", 350),
    ]
    again = _data(await office.graphql(fill, id=consortium))["fillCostLines"]
    assert len(again["costLines"]) == 2
    await valley.enter(500)
    left = _data(await office.graphql(fill, id=consortium))["fillCostLines"]
    assert left["leftAlone"] == [global_id("Offer", valley.offer.id)]


async def test_usage_is_read_by_its_member_and_the_office_only(valley, office, visit, make_user):
    from arengo_core.caller import Role

    town = valley.towns[0].id
    await valley.use(town, "2.5")
    ask = """
    query ($id: ID!, $meter: String!) {
      usage(organizationId: $id, month: "2026-08") { meter quantity records }
      usageRecords(organizationId: $id, meter: $meter, month: "2026-08") { nodes { quantity } }
    }"""
    given = {"id": global_id("Organization", town), "meter": STROKES}
    for visitor in (office, await visit(valley.town_officer)):
        data = _data(await visitor.graphql(ask, **given))
        assert [float(one["quantity"]) for one in data["usage"]] == [2.5]
        assert len(data["usageRecords"]["nodes"]) == 1
    other = await visit(await make_user((valley.towns[1].id, Role.MUNICIPAL_OFFICER)))
    for visitor in (other, await visit()):
        assert (await visitor.graphql(ask, **given))["errors"]


async def test_a_town_lists_its_own_statements_with_a_constant_number_of_statements(
    valley, visit, move_clock, count_statements
):
    ask = """
    query ($id: ID!) { statements(organizationId: $id) { nodes {
      number memberName open { amount } shares { service } payments { reference } } } }"""
    counts = []
    for month in (8, 9, 10):
        from datetime import UTC, datetime

        from arengo_marketplace.costs.period import Period

        period = Period.month(2026, month)
        await valley.enter(10_000, period)
        move_clock(datetime(2026, month + 1, 2, 8, tzinfo=UTC))
        await valley.close(period)
        visitor = await visit(valley.town_officer)
        given = {"id": global_id("Organization", valley.towns[0].id)}
        await visitor.graphql(ask, **given)
        with count_statements() as seen:
            nodes = _data(await visitor.graphql(ask, **given))["statements"]["nodes"]
        assert len(nodes) == month - 7
        counts.append(len(seen))
    assert counts[0] == counts[2]
    consortium = {"id": global_id("Organization", valley.id)}
    assert (await visitor.graphql(ask, **consortium))["errors"]


async def test_a_members_year(valley, visit, move_clock):
    await valley.enter(100_000)
    await valley.use(valley.towns[0].id, 3)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    own = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    visitor = await visit(valley.town_officer)
    ask = """
    query ($id: ID!) { memberYear(organizationId: $id, year: 2026) {
      amount { amount } perInhabitant { amount } settledMonths
      services { service state amount { amount } rule } } }"""
    year = _data(await visitor.graphql(ask, id=global_id("Organization", valley.towns[0].id)))
    year = year["memberYear"]
    assert year["amount"]["amount"] == own.amount
    assert year["perInhabitant"]["amount"] == own.per_inhabitant.amount
    assert year["settledMonths"] == ["2026-08"]
    (service,) = year["services"]
    assert (service["service"], service["state"]) == ("bell", "active")
    assert "45" in service["rule"]


async def test_the_journal_holds_each_transaction_with_its_lines(
    valley, office, consortium, move_clock, visit
):
    await valley.enter(100_003)
    move_clock(IN_SEPTEMBER)
    await valley.close()
    query = """query ($id: ID!) { ledgerTransactions(consortiumId: $id) { nodes {
      description postings { account amount { amount } } } } }"""
    office = await visit(valley.officer)
    (entry,) = _data(await office.graphql(query, id=consortium))["ledgerTransactions"]["nodes"]
    amounts = [int(line["amount"]["amount"]) for line in entry["postings"]]
    assert sum(amounts) == 0
    assert sum(amount for amount in amounts if amount > 0) == 100_003
    refused = await (await visit(valley.town_officer)).graphql(query, id=consortium)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
