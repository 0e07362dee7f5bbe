"""What cost lines carry: months over which they are spread, who paid the supplier, VAT."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import jsonschema
import pytest

from arengo_core.api.scalars import global_id
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.vat import Vat
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.pools import csv_import, planned
from arengo_marketplace.pools import repository as lines
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.settlements.bundle import digest_of, verify
from arengo_marketplace.statements import payments
from arengo_marketplace.statements import service as statements
from tests.settlements.test_bundle import SCHEMA
from tests.settlements.valley import AUGUST, IN_OCTOBER, PLAN, SEPTEMBER

OCTOBER = Period.month(2026, 10)
IN_NOVEMBER = datetime(2026, 11, 2, 8, tzinfo=UTC)


async def _line(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        (line,) = await lines.of_month(uow.session, valley.id, SEPTEMBER.start)
        return line


async def _settled(valley, settlement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await repository.lines(uow.session, settlement.id, valley.id)


async def _balance(valley, account, member=None):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return (await ledger.balance(uow, valley.id, account, member)).amount


async def _file(valley, settlement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return json.loads(json.dumps(await service.bundle(uow, settlement.id)))


async def test_each_month_takes_its_part_once(valley, move_clock):
    await valley.enter(10_000, last_month=OCTOBER.start, kind=LineKind.ONE_OFF)
    line = await _line(valley)
    move_clock(IN_OCTOBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert await service.waiting(uow, valley.id) == [AUGUST, SEPTEMBER, OCTOBER]
    august = await valley.close()
    september = await valley.close(SEPTEMBER)
    assert (august.costs, september.costs) == (3333, 3334)

    data = LineData(
        valley.offer.id, AUGUST.start, LineKind.ONE_OFF, "Server", Money(9), OCTOBER.start
    )
    with pytest.raises(ConflictError, match="2026 is settled"):
        await valley.enter(9, SEPTEMBER)
    await valley.reverse(august)
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError, match="2026 is settled"):
            await pools.change(uow, line_id=line.id, data=data)
        with pytest.raises(ConflictError, match="2026 is settled"):
            await pools.remove(uow, line_id=line.id)
    again = await valley.close()
    move_clock(IN_NOVEMBER)
    october = await valley.close(OCTOBER)
    assert again.costs + september.costs + october.costs == 10_000
    (settled,) = await _settled(valley, october)
    assert (settled.line_id, settled.amount, settled.of_whole) == (line.id, 3333, line.spread)
    move_clock(datetime(2026, 12, 2, 8, tzinfo=UTC))
    with pytest.raises(ConflictError, match="No costs"):
        await valley.close(Period.month(2026, 11))


async def test_a_spread_one_off_stands_beside_the_price_plan(valley):
    await valley.enter(10_000, last_month=OCTOBER.start, kind=LineKind.ONE_OFF)
    async with valley.host.unit_of_work(valley.office) as uow:
        filled = await planned.fill_in(uow, consortium_id=valley.id, month=SEPTEMBER)
    assert filled.lines
    assert not filled.left_alone
    await valley.enter(10_000, SEPTEMBER, last_month=OCTOBER.start)
    async with valley.host.unit_of_work(valley.office) as uow:
        filled = await planned.fill_in(uow, consortium_id=valley.id, month=OCTOBER)
    assert [offer.id for offer in filled.left_alone] == [valley.offer.id]


async def test_who_paid_the_supplier_is_credited(valley, move_clock):
    lead = valley.towns[0]
    await valley.enter(90_000, last_month=OCTOBER.start, paid_by=lead.id, supplier="Fonderia")
    await valley.enter(1_000, description="Corda")
    move_clock(IN_OCTOBER)
    settlement = await valley.close()
    issued = {one.organization_id: one for one in await valley.statements(settlement)}
    own = issued[lead.id]
    assert settlement.net == 31_000 == sum(one.amount for one in issued.values())
    assert {member for member, one in issued.items() if one.advanced} == {lead.id}
    assert own.advanced == 30_000
    assert own.due == own.amount - 30_000 < 0
    assert await _balance(valley, "member_receivable", lead.id) == own.due
    assert await _balance(valley, "costs_payable") == -1_000

    async with valley.host.unit_of_work(valley.office) as uow:
        assert (await statements.standing_of(uow, own)).state == "credit"
        await payments.record(
            uow,
            statement_id=own.id,
            amount=Money(own.due),
            paid_on=IN_OCTOBER.date(),
        )
    assert await _balance(valley, "member_receivable", lead.id) == 0

    made = await _file(valley, settlement)
    jsonschema.validate(made, SCHEMA)
    assert made["advanced"] == {str(lead.id): 30_000}
    assert verify(made, BUILT_IN).holds

    def forged(change):
        other = copy.deepcopy(made)
        change(other)
        other["digest"] = digest_of({k: v for k, v in other.items() if k != "digest"})
        return verify(other, BUILT_IN).faults

    line = next(n for n, one in enumerate(made["services"][0]["lines"]) if "spread" in one)
    (fault,) = forged(lambda d: d["advanced"].update({str(lead.id): 30_001}))
    assert "credited 30001" in fault
    (fault,) = forged(lambda d: d["services"][0]["lines"][line]["spread"].update(amount=90_002))
    assert "by its months is 30001" in fault

    reversal = await valley.reverse(settlement)
    credit = next(
        one for one in await valley.statements(reversal) if one.organization_id == lead.id
    )
    assert (credit.amount, credit.advanced) == (-own.amount, -30_000)
    async with valley.host.unit_of_work(valley.office) as uow:
        assert (await statements.standing_of(uow, credit)).open == -own.due
    assert await _balance(valley, "costs_payable") == 0
    assert await _balance(valley, "member_receivable") == -own.due


async def test_a_payer_without_a_share_gets_a_statement(valley, move_clock, make_merchant, visit):
    lead = valley.towns[0]
    shop = (await make_merchant(valley.id, lead.id)).organization
    await valley.enter(4_000, paid_by=shop.id)
    await valley.enter(20_000, paid_by=lead.id, description="Corda")
    move_clock(IN_OCTOBER)
    office = await visit(valley.officer)
    shown = (await office.get("/office/settlements/preview?month=2026-08")).text
    table = shown[shown.index("Accreditato agli aderenti che hanno pagato i fornitori") :]
    table = table[: table.index("</table>")]
    assert [value for value in (4_000, -4_000, 20_000) if f'value="{value}"' not in table] == []
    assert shop.name in table
    answer = await office.graphql(
        """query ($id: ID!) { previewSettlement(consortiumId: $id, month: "2026-08") {
            credits { name share { amount } paid { amount } due { amount } } } }""",
        id=global_id("Organization", valley.id),
    )
    credits = {
        one["name"]: [one[key]["amount"] for key in ("share", "paid", "due")]
        for one in answer["data"]["previewSettlement"]["credits"]
    }
    settlement = await valley.close()
    issued = {one.organization_id: one for one in await valley.statements(settlement)}
    assert credits == {
        shop.name: [0, 4_000, -4_000],
        lead.name: [issued[lead.id].amount, 20_000, issued[lead.id].due],
    }
    office = await visit(valley.officer)
    csv = (await office.get(f"/office/settlements/{settlement.id}/csv")).text
    assert sum("Pagato ai fornitori" in line for line in csv.splitlines()) == 2
    own = issued[shop.id]
    assert (own.amount, own.due) == (0, -4_000)
    assert await _balance(valley, "costs_payable") == 0
    assert verify(await _file(valley, settlement), BUILT_IN).holds


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_month": datetime(2026, 7, 1, tzinfo=UTC).date()}, "last_month"),
        ({"last_month": datetime(2126, 8, 1, tzinfo=UTC).date()}, "last_month"),
        ({"last_month": OCTOBER.start, "kind": LineKind.FUNDING}, "last_month"),
        ({"paid_by": new_id(), "kind": LineKind.FEE}, "paid_by"),
        ({"paid_by": new_id()}, "paid_by"),
    ],
)
async def test_what_makes_no_sense_is_refused(valley, wrong, field):
    with pytest.raises(InvalidInputError) as refused:
        await valley.enter(100, **wrong)
    assert refused.value.field == field


async def test_both_come_from_a_file(valley, move_clock):
    lead = valley.towns[0]
    text = StringIO()
    text.write("mese;servizio;tipo;descrizione;importo;ultimo_mese;pagato_da\n")
    text.write(f"2026-08;bell;una tantum;Server;100,00;2026-10;{lead.istat_code}\n")
    async with valley.host.unit_of_work(valley.office) as uow:
        (row,) = await csv_import.import_csv(uow, consortium_id=valley.id, text=text.getvalue())
        assert (row.spread.months.month_count, row.paid_by) == (3, lead.id)
    text.write("2026-08;bell;fisso;Corda;1,00;;999999\n2026-08;bell;fisso;Corda;1,00;2026-07;\n")
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        reading = await csv_import.read(uow, consortium_id=valley.id, text=text.getvalue())
    assert [(one.line, one.column) for one in reading.faults] == [(3, "paid_by"), (4, "last_month")]
    move_clock(IN_OCTOBER)
    await valley.close(SEPTEMBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        reading = await csv_import.read(
            uow, consortium_id=valley.id, text="\n".join(text.getvalue().split("\n")[:2])
        )
    assert [(one.line, one.column) for one in reading.faults] == [(2, "month")]


async def test_pages_and_graphql_show_parts_and_payer(valley, move_clock, visit):
    lead = valley.towns[0]
    office = await visit(valley.officer)
    typed = {
        "offer": str(valley.offer.id),
        "month": "2026-08",
        "last_month": "2026-10",
        "kind": "one_off",
        "description": "Server",
        "amount": "100.00",
        "paid_by": str(lead.id),
    }
    entered = await office.post("/office/costs", typed)
    assert entered.status_code == 303, entered.text
    line = await _line(valley)
    shown = await office.get("/office/costs?month=2026-09")
    assert 'value="3334"' in shown.text
    assert lead.name in shown.text
    one = await office.get(f"/office/costs/lines/{line.id}")
    assert [one.text.count(f'value="{part}"') for part in (3333, 3334, 6667)] == [3, 1, 1]

    answer = await office.graphql(
        """query ($id: ID!) { costLines(consortiumId: $id, month: "2026-10") { edges { node {
            lastMonth paidById parts { month amount { amount } } } } } }""",
        id=global_id("Organization", valley.id),
    )
    (edge,) = answer["data"]["costLines"]["edges"]
    assert edge["node"]["lastMonth"] == "2026-10"
    assert edge["node"]["paidById"] == str(global_id("Organization", lead.id))
    assert sum(one["amount"]["amount"] for one in edge["node"]["parts"]) == 10_000

    move_clock(IN_OCTOBER)
    settlement = await valley.close()
    (own,) = [one for one in await valley.statements(settlement) if one.advanced]
    town = await visit(valley.town_officer)
    page = await town.get(f"/office/statements/{own.id}")
    assert page.status_code == 200
    assert "33.33" in page.text or "33,33" in page.text
    (settled,) = await _settled(valley, settlement)
    for path in (
        f"/office/statements/{own.id}/services/{valley.offer.id}",
        f"/office/statements/{own.id}/lines/{settled.id}",
    ):
        text = (await town.get(path)).text
        assert lead.name in text
        assert "66.67" in text or "66,67" in text
    csv = await town.get(f"/office/statements/{own.id}/csv")
    assert "-33" in csv.text
    assert (await town.get(f"/office/statements/{own.id}/pdf")).status_code == 200
    office = await visit(valley.officer)
    for path in (
        f"/office/settlements/{settlement.id}",
        f"/office/settlements/{settlement.id}/services/{valley.offer.id}",
        "/office/statements/csv",
        "/office/costs/csv?month=2026-09",
    ):
        assert (await office.get(path)).status_code == 200


async def test_vat_that_is_not_recovered_is_shared(valley, move_clock, visit):
    await valley.enter(10_000, vat=Vat(Decimal(22)), last_month=SEPTEMBER.start)
    await valley.enter(10_000, vat=Vat(Decimal(22), recoverable=True), description="Corda")
    await valley.enter(10_000, vat=Vat(Decimal(22), recoverable=True, included=True))
    with pytest.raises(InvalidInputError, match="nothing"):
        await valley.enter(1, vat=Vat(Decimal(100), recoverable=True, included=True))
    with pytest.raises(InvalidInputError, match="VAT"):
        await valley.enter(100, vat=Vat(Decimal(22)), kind=LineKind.FEE)
    move_clock(IN_OCTOBER)
    settlement = await valley.close()
    assert settlement.costs == 6_100 + 10_000 + 8_197
    made = await _file(valley, settlement)
    jsonschema.validate(made, SCHEMA)
    assert verify(made, BUILT_IN).holds
    line = next(one for one in made["services"][0]["lines"] if "spread" in one)
    assert line["vat"] == {
        "rate": "22",
        "recoverable": False,
        "included": False,
        "net": 10_000,
        "tax": 2_200,
    }
    line["vat"]["recoverable"] = True
    assert any("by its VAT is 10000" in fault for fault in verify(made, BUILT_IN).faults)

    (own, *_) = await valley.statements(settlement)
    office = await visit(valley.officer)
    path = f"/office/statements/{own.id}/services/{valley.offer.id}"
    shown = (await office.get(path)).text
    assert "100,00" in shown or "100.00" in shown
    assert "22,00" in shown or "22.00" in shown


async def test_vat_is_typed_imported_and_queried(valley, visit):
    office = await visit(valley.officer)
    typed = {
        "offer": str(valley.offer.id),
        "month": "2026-08",
        "kind": "fixed",
        "description": "Canone",
        "amount": "122.00",
        "vat_rate": "22,0 %",
        "vat_included": "yes",
        "vat_recoverable": "yes",
    }
    wrong = await office.post("/office/costs", {**typed, "vat_rate": "lots"})
    assert (wrong.status_code, "lots" in wrong.text) == (400, True)
    assert (await office.post("/office/costs", typed)).status_code == 303
    text = "month;service;kind;description;amount;vat_rate;vat_recoverable;vat_included\n"
    text += "2026-08;bell;fixed;Portal;50,00;10;no;\n2026-08;bell;fixed;Rope;5,00;;;maybe\n"
    async with valley.host.unit_of_work(valley.office) as uow:
        reading = await csv_import.read(uow, consortium_id=valley.id, text=text)
        assert [(one.line, one.column) for one in reading.faults] == [(3, "vat_included")]
        good = "\n".join(text.split("\n")[:2])
        reading = await csv_import.read(uow, consortium_id=valley.id, text=good)
        assert reading.total == Money(5_500)
        await csv_import.import_csv(uow, consortium_id=valley.id, text=good)
    answer = await office.graphql(
        """query ($id: ID!) { costLines(consortiumId: $id) { edges { node { id offerId
            amount { amount } vat { rate recoverable net { amount } tax { amount }
            gross { amount } } } } } }""",
        id=global_id("Organization", valley.id),
    )
    found = [edge["node"] for edge in answer["data"]["costLines"]["edges"]]
    assert sorted(
        (one["amount"]["amount"], one["vat"]["recoverable"], one["vat"]["tax"]["amount"])
        for one in found
    ) == [(5_500, False, 500), (10_000, True, 2_200)]
    again = await office.graphql(
        """mutation ($id: ID!, $line: CostLineInput!) { updateCostLine(id: $id, line: $line) {
            costLine { amount { amount } } userErrors { field } } }""",
        id=found[0]["id"],
        line={
            "offerId": found[0]["offerId"],
            "month": "2026-08",
            "kind": "fixed",
            "description": "Portal",
            "amount": 1_000,
            "vat": {"rate": "4"},
        },
    )
    assert again["data"]["updateCostLine"]["costLine"]["amount"]["amount"] == 1_040


async def test_a_file_brings_evidence_and_no_document_twice(valley):
    digest = "AB" * 32
    text = "mese;servizio;tipo;descrizione;importo;documento;aliquota_iva;allegato;sha256\n"
    text += f"2026-08;bell;fisso;Canone;100,00;7/2026;22;fattura 7.pdf;{digest}\n"
    async with valley.host.unit_of_work(valley.office) as uow:
        (row,) = await csv_import.import_csv(uow, consortium_id=valley.id, text=text)
        assert (row.evidence_name, row.evidence_digest) == ("fattura 7.pdf", digest.lower())
        reading = await csv_import.read(uow, consortium_id=valley.id, text=text)
        assert [(one.line, one.column) for one in reading.faults] == [(2, "document_number")]
        text = text.replace("7/2026", "8/2026")
        wrong = "".join(f"{text.splitlines()[1][:-64]}{hash}\n" for hash in ("", "12"))
        wrong = text.splitlines()[0] + "\n" + wrong
        reading = await csv_import.read(uow, consortium_id=valley.id, text=wrong)
    assert [(one.line, one.column) for one in reading.faults] == [(2, "sha256"), (3, "sha256")]


async def test_the_price_plan_gives_its_lines_their_vat(make_valley):
    plan = {**PLAN.to_json(), "vat": {"rate": "22", "recoverable": False}}
    valley = await make_valley(price_plan=plan)
    async with valley.host.unit_of_work(valley.office) as uow:
        filled = await planned.fill_in(uow, consortium_id=valley.id, month=AUGUST)
    (line,) = filled.lines
    assert line.taxed.vat == Vat(Decimal(22))
    assert (line.taxed.net, line.amount) == (8_334, 10_167)
