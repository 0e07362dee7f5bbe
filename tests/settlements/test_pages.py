"""The office's pages of costs and settlements, as a person uses them."""

from __future__ import annotations

import re

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Role
from arengo_core.i18n import format_money
from arengo_core.jobs.worker import drain
from arengo_core.money import Money
from arengo_marketplace.pools import importing
from arengo_marketplace.pools import repository as pools
from tests.settlements.html import links_in
from tests.settlements.valley import AUGUST, IN_SEPTEMBER


@pytest.fixture
async def office(valley, visit):
    return await visit(valley.officer)


def _typed(valley, **more):
    return {
        "offer": str(valley.offer.id),
        "month": "2026-08",
        "kind": "fixed",
        "description": "Canone di agosto",
        "amount": "1.234,50",
        "supplier": "Fonderia S.r.l.",
        "document_number": "7/2026",
        "document_date": "2026-08-31",
        **more,
    }


async def _lines(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await pools.of_month(uow.session, valley.id, AUGUST.start)


async def test_a_cost_is_entered_with_its_evidence_corrected_and_removed(valley, office):
    empty = await office.get("/office/costs?month=2026-08")
    assert empty.status_code == 200
    files = {"evidence": ("fattura.pdf", b"%PDF-1.7 hello", "application/pdf")}
    entered = await office.post("/office/costs", _typed(valley), files=files)
    assert entered.headers["location"] == "/office/costs?month=2026-08"
    (line,) = await _lines(valley)
    assert (line.amount, line.supplier, line.evidence_name) == (
        123_450,
        "Fonderia S.r.l.",
        "fattura.pdf",
    )
    assert re.fullmatch("[0-9a-f]{64}", line.evidence_digest)
    shown = await office.get("/office/costs?month=2026-08")
    assert "Canone di agosto" in shown.text
    assert f"/office/costs/lines/{line.id}" in links_in(shown.text)

    path = f"/office/costs/lines/{line.id}"
    assert "1234,50" in (await office.get(path)).text
    await office.post(path, _typed(valley, amount="10"))
    (changed,) = await _lines(valley)
    assert (changed.amount, changed.evidence_name) == (1_000, "fattura.pdf")
    await office.post(f"{path}/remove")
    assert await _lines(valley) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "abc"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"description": " "}, "description"),
        ({"month": "agosto"}, "month"),
        ({"kind": "gift"}, "kind"),
        ({"offer": "?"}, "offer"),
        ({"document_date": "31.8."}, "document_date"),
        ({"kind": "funding", "amount": "-5"}, "amount"),
    ],
)
async def test_what_is_wrong_is_named_and_what_was_typed_kept(valley, office, wrong, field):
    answer = await office.post("/office/costs", _typed(valley, **wrong))
    assert answer.status_code == 400
    assert f'href="#f-{field}"' in answer.text
    assert "Fonderia S.r.l." in answer.text
    assert await _lines(valley) == []


async def test_a_file_is_looked_at_then_entered(valley, office):
    text = (
        "Mese;Servizio;Tipo;Descrizione;Importo;Fornitore;Documento;Data documento\r\n"
        "2026-08;bell;fisso;Canone;1.000,00;Fonderia;8/2026;31/08/2026\r\n"
        "2026-08;bell;finanziamento;Bando;400;;;\r\n"
    )
    files = {"file": ("costi.csv", text.encode("utf-8-sig"), "text/csv")}
    looked = await office.post("/office/costs/import", {}, files=files)
    assert looked.status_code == 200
    assert "Fonderia" in looked.text
    assert '<data value="60000">' in looked.text
    assert await _lines(valley) == []
    done = await office.post("/office/costs/import/confirm", {"text": text})
    assert done.headers["location"] == "/office/costs?month=2026-08"
    assert sorted(line.amount for line in await _lines(valley)) == [40_000, 100_000]
    again = await office.post("/office/costs/import/confirm", {"text": text})
    assert again.status_code == 400
    assert len(await _lines(valley)) == 2


async def test_every_fault_of_a_file_is_named_and_nothing_entered(valley, office):
    text = (
        "month,service,kind,description,amount\n"
        "2026-08,bell,fixed,Good,10\n"
        "2026-8x,bell,fixed,Bad month,10\n"
        "2026-08,gong,fixed,Bad service,10\n"
        "2026-08,bell,gift,Bad kind,10\n"
        "2026-08,bell,fixed,,ten\n"
    )
    answer = await office.post("/office/costs/import", {"text": text})
    assert answer.status_code == 400
    for column in ("month", "service", "kind", "description", "amount"):
        assert f">{column}<" in answer.text
    assert "2026-8x" in answer.text
    confirmed = await office.post("/office/costs/import/confirm", {"text": text})
    assert confirmed.status_code == 400
    assert await _lines(valley) == []


async def test_a_long_file_is_imported_as_a_task(valley, office, monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 0)
    text = "month,service,kind,description,amount\n2026-08,bell,fixed,Good,10\n"
    begun = await office.post("/office/costs/import/confirm", {"text": text})
    path = begun.headers["location"]
    assert path.startswith("/office/tasks/")
    assert await _lines(valley) == []
    await drain(valley.host)
    assert len(await _lines(valley)) == 1
    done = await office.get(f"{path}/result")
    assert done.headers["location"] == "/office/costs?month=2026-08"
    mutation = """mutation ($id: ID!, $csv: String!) {
      beginCostImport(consortiumId: $id, csv: $csv) { task { id } userErrors { code } } }"""
    consortium = global_id("Organization", valley.id)
    answer = await office.graphql(mutation, id=consortium, csv=text.replace("10", "ten"))
    task = answer["data"]["beginCostImport"]["task"]["id"]
    await drain(valley.host)
    told = await office.graphql("query ($id: ID!) { task(id: $id) { state message } }", id=task)
    assert told["data"]["task"]["state"] == "failed"
    assert "ten" in told["data"]["task"]["message"]
    assert len(await _lines(valley)) == 1


@pytest.mark.parametrize(
    "text", ["", "nonsense", "month;service\n", "month;service;kind;description;amount\n"]
)
async def test_what_is_no_table_is_refused(valley, office, text):
    answer = await office.post("/office/costs/import", {"text": text})
    assert answer.status_code == 400
    assert 'href="#f-file"' in answer.text


async def test_a_month_is_looked_at_closed_and_taken_back(valley, office, move_clock, visit):
    await valley.enter(100_000)
    early = await office.get("/office/settlements/preview?month=2026-08")
    assert "/office/settlements/preview" in early.text
    assert 'action="/office/settlements"' not in early.text
    refused = await office.post("/office/settlements", {"month": "2026-08"})
    assert refused.status_code == 400

    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)
    ready = await office.get("/office/settlements/preview?month=2026-08")
    assert 'action="/office/settlements"' in ready.text
    closed = await office.post("/office/settlements", {"month": "2026-08"})
    assert closed.status_code == 303
    path = closed.headers["location"]
    one = await office.get(path)
    assert one.status_code == 200
    for link in links_in(one.text):
        if link.startswith(("/office/settlements/", "/office/statements/")):
            assert (await office.get(link)).status_code == 200, link
    assert (await office.get("/office/costs?month=2026-08")).status_code == 200
    without = await office.post(f"{path}/reverse", {"reason": ""})
    assert without.status_code == 400
    assert 'href="#f-reason"' in without.text
    back = await office.post(f"{path}/reverse", {"reason": "Wrong invoice"})
    assert back.status_code == 303
    assert "Wrong invoice" in (await office.get(back.headers["location"])).text
    listed = await office.get("/office/settlements")
    assert path in links_in(listed.text)
    assert back.headers["location"] in links_in(listed.text)


async def test_the_overview_says_what_waits_and_what_is_owed(valley, office, move_clock, visit):
    await valley.enter(100_000)
    preview = "/office/settlements/preview?month=2026-08"
    assert preview not in links_in((await office.get("/office")).text)
    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)
    assert preview in links_in((await office.get("/office")).text)
    settlement = await valley.close()
    overview = (await office.get("/office")).text
    assert preview not in links_in(overview)
    assert "1.000,00" in overview, "what the members owe together"
    issued = await valley.statements(settlement)
    statement = next(one for one in issued if one.organization_id == valley.towns[0].id)
    town = await visit(valley.town_officer)
    overview = (await town.get("/office")).text
    assert format_money(Money(statement.amount)) in overview
    assert {"/office/mayor", "/office/statements"} <= set(links_in(overview))


async def test_the_ledger_is_read_down_to_its_lines(valley, visit, move_clock):
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    await valley.close()
    office = await visit(valley.officer)
    start = await office.get("/office/ledger")
    assert start.status_code == 200
    seen = 0
    for link in links_in(start.text):
        if link.startswith("/office/ledger/"):
            answer = await office.get(link)
            assert answer.status_code == 200, link
            seen += 1
    assert seen > 8
    assert "1.000,00" in start.text.split("Giornale")[1], (
        "the journal says what each transaction moved"
    )
    account = await office.get("/office/ledger/accounts/member_receivable")
    values = [int(v) for v in re.findall(r'<data value="(-?\d+)"', account.text)]
    assert sum(values) == 100_000
    town = f"/office/ledger/accounts/member_receivable?member={valley.towns[0].id}"
    assert (await office.get(town)).text.count("<data value=") == 1
    assert (await office.get("/office/ledger/accounts/pocket")).status_code == 404


async def test_a_payment_is_recorded_on_the_statement(valley, visit, move_clock):
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)
    statement = (await valley.statements(await valley.close()))[0]
    path = f"/office/statements/{statement.id}"
    wrong = await office.post(f"{path}/payments", {"amount": "1", "paid_on": "soon"})
    assert wrong.status_code == 400
    amount = f"{statement.amount / 100:.2f}".replace(".", ",")
    paid = await office.post(
        f"{path}/payments", {"amount": amount, "paid_on": "2026-09-01", "reference": "CRO 77"}
    )
    assert paid.headers["location"] == path
    shown = await office.get(path)
    assert "CRO 77" in shown.text
    assert "Pagato una volta in più" in shown.text, "nothing is open"


async def test_the_mayors_page_tells_the_year(valley, visit, move_clock):
    await valley.enter(100_000)
    await valley.use(valley.towns[0].id, 3)
    move_clock(IN_SEPTEMBER)
    office = await visit(valley.officer)
    settlement = await valley.close()
    own = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    mayor = await visit(valley.town_officer)
    page = await mayor.get("/office/mayor")
    assert page.status_code == 200
    assert f'<data value="{own.amount}">' in page.text
    assert valley.towns[0].name in page.text
    chosen = await office.get(f"/office/mayor?member={valley.towns[1].id}&year=2026")
    assert valley.towns[1].name in chosen.text
    assert (await office.get("/office/mayor?year=soon")).status_code == 400
    csv = await mayor.get("/office/mayor/csv")
    assert csv.text.startswith("\ufeff")
    assert "Bell" in csv.text


@pytest.mark.parametrize(
    "path",
    [
        "/office/costs",
        "/office/costs/csv",
        "/office/costs/import",
        "/office/settlements",
        "/office/settlements/preview",
        "/office/ledger",
        "/office/ledger/csv",
        "/office/ledger/accounts/bank",
    ],
)
async def test_the_offices_pages_are_the_offices(valley, visit, make_user, path):
    town = await visit(valley.town_officer)
    assert (await town.get(path)).status_code == 403
    nobody = await visit()
    assert (await nobody.get(path)).headers["location"].startswith("/sign-in")
    stranger = await visit(await make_user())
    assert (await stranger.get(path)).status_code == 403


async def test_a_town_sees_no_cost_line_of_the_office(valley, visit, move_clock):
    await valley.enter(5_000)
    (line,) = await _lines(valley)
    town = await visit(valley.town_officer)
    path = f"/office/costs/lines/{line.id}"
    assert (await town.get(path)).status_code == 404
    assert (await town.post(path, _typed(valley))).status_code == 404
    assert (await town.post(f"{path}/remove")).status_code == 404
    assert len(await _lines(valley)) == 1


async def test_a_merchant_reads_at_the_desk(valley, make_merchant, visit, make_user):
    shop = await make_merchant(valley.id, valley.towns[0].id)
    await valley.use(shop.id, 4)
    visitor = await visit(shop.person)
    assert (await visitor.get("/office/statements")).status_code == 200
    used = await visitor.get("/office/usage?month=2026-08")
    assert '<data value="4.0">' in used.text
    foreign = f"/office/usage/{valley.towns[0].id}/records?month=2026-08&meter=bell.strokes"
    assert (await visitor.get(foreign)).status_code == 404
    clerk = await visit(await make_user((valley.towns[0].id, Role.CLERK)))
    assert (await clerk.get(foreign)).status_code == 403, "of their own town, but not for clerks"


@pytest.mark.parametrize("page", ["month=2026-99", "month=x", "after=zzz", "after=WzEsMl0="])
async def test_wrong_addresses_are_answered(valley, office, page):
    for path in ("/office/costs", "/office/usage", "/office/statements", "/office/ledger"):
        assert (await office.get(f"{path}?{page}")).status_code in (200, 400)


async def test_formulas_in_csv_are_quoted(valley, office):
    await valley.enter(5_000, description="=HYPERLINK(1)")
    csv = await office.get("/office/costs/csv?month=2026-08")
    assert "'=HYPERLINK(1)" in csv.text
    assert "50,00" in csv.text
