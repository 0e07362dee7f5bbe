"""A statement's files: the same figures and the same SHA-256 on page, PDF, CSV and JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.i18n import set_locale
from arengo_core.organizations.models import Organization
from arengo_marketplace.settlements.bundle import digest_of
from arengo_marketplace.settlements.models import Share
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.statements.pdf import Printed, make_pdf
from tests.settlements.valley import AUGUST, IN_SEPTEMBER

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
async def settled(valley, move_clock):
    await valley.enter(100_001, supplier="Fonderia S.r.l.", document_number="7/2026")
    await valley.use(valley.towns[0].id, 3)
    move_clock(IN_SEPTEMBER)
    return await valley.close()


async def _own(valley, settlement):
    return next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


async def test_page_and_files_carry_the_same_digests(valley, settled, visit):
    own = await _own(valley, settled)
    visitor = await visit(valley.town_officer)
    base = f"/office/statements/{own.id}"
    page, pdf, csv, made = [await visitor.get(base + end) for end in ("", "/pdf", "/csv", "/json")]
    assert [one.status_code for one in (page, pdf, csv, made)] == [200] * 4
    document = json.loads(made.content)
    assert document["digest"] == digest_of(document["statement"]) == own.digest
    assert document["statement"]["settlement_digest"] == settled.digest
    for shown in (page.text, _text(pdf.content), csv.text, made.text):
        assert own.digest in shown
        assert settled.digest in shown
    assert sum(share["amount"] for share in document["statement"]["shares"]) == own.amount


async def test_a_changed_figure_is_told_by_the_digest(valley, settled, visit):
    own = await _own(valley, settled)
    visitor = await visit(valley.town_officer)
    document = (await visitor.get(f"/office/statements/{own.id}/json")).json()
    document["statement"]["amount"] += 1
    assert digest_of(document["statement"]) != document["digest"]


async def test_the_digest_is_the_same_when_read_back_and_a_credit_has_its_own(valley, settled):
    own = await _own(valley, settled)
    credit = await _own(valley, await valley.reverse(settled))
    assert len(own.digest) == len(credit.digest) == 64
    assert own.digest != credit.digest
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        kept = await uow.session.scalar(
            text("select digest from marketplace.statement where id = :id"), {"id": credit.id}
        )
    assert kept == credit.digest


async def test_files_of_another_member_are_not_there(valley, settled, visit):
    other = next(
        one for one in await valley.statements(settled) if one.organization_id != valley.towns[0].id
    )
    visitor = await visit(valley.town_officer)
    for end in ("pdf", "csv", "json"):
        answer = await visitor.get(f"/office/statements/{other.id}/{end}")
        assert answer.status_code == 404
        assert other.digest not in answer.text


async def test_the_document_is_had_by_graphql_too(valley, settled, visit):
    own = await _own(valley, settled)
    visitor = await visit(valley.town_officer)
    answer = await visitor.graphql(
        "query ($id: ID!) { statement(id: $id) { digest } statementDocument(id: $id) }",
        id=global_id("Statement", own.id),
    )
    assert answer["data"]["statement"]["digest"] == own.digest
    assert json.loads(answer["data"]["statementDocument"])["digest"] == own.digest


def _printed() -> Printed:
    statement = Statement(
        id=UUID(int=1),
        organization_id=UUID(int=2),
        consortium_id=UUID(int=3),
        settlement_id=UUID(int=4),
        number="2026-08/001",
        starts_on=AUGUST.start,
        ends_on=AUGUST.end,
        due_on=IN_SEPTEMBER.date(),
        population=1_260,
        amount=123_456,
        currency="EUR",
        digest="a" * 64,
    )
    component = {
        "key": "population",
        "used": "population",
        "per_cent": "100",
        "meter": "",
        "kind": "",
        "basis": "1260",
        "weight": "1260",
        "whole": "4800",
        "net": 470_309,
        "amount": 123_456,
    }
    share = Share(
        id=UUID(int=5),
        organization_id=UUID(int=2),
        statement_id=UUID(int=1),
        offer_id=UUID(int=6),
        service="bell",
        days=31,
        population=1_260,
        amount=123_456,
        rounding=0,
        components=[component],
        adjustments=[],
        currency="EUR",
    )
    town = Organization(
        name="Comune di Forlì nell'Età più Bella",
        tax_code="00114830146",
        street="Piazza dell'Unità 1",
        postcode="23020",
        city="Forlì",
    )
    union = Organization(name="Unione della Prova", city="Sondrio", postcode="23100")
    return Printed(statement, [share], town, union, "a" * 64, "b" * 64, "https://prova.example/s/1")


@pytest.mark.parametrize("locale", ["it", "en"])
def test_the_pdf_says_what_it_said_before(host, locale):
    set_locale(locale)
    shown = _text(make_pdf(_printed(), host.registry))
    assert shown.strip() == (GOLDEN / f"statement.{locale}.txt").read_text().strip()


def test_the_pdf_tells_a_screen_reader_what_is_what(host):
    set_locale("it")
    made = make_pdf(_printed(), host.registry)
    assert made == make_pdf(_printed(), host.registry)
    reader = PdfReader(BytesIO(made))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("it", True)
    assert reader.metadata.title.endswith("Comune di Forlì nell'Età più Bella")
    document = root["/StructTreeRoot"]["/K"][0]
    roles = [part["/S"] for part in document["/K"]]
    assert roles[:3].count("/H1") == 1
    assert roles.count("/Table") == 2
    table = next(part for part in document["/K"] if part["/S"] == "/Table")
    assert [[cell["/S"] for cell in row["/K"]] for row in table["/K"]] == [
        ["/TH"] * 4,
        ["/TD"] * 4,
        ["/TD"] * 4,
    ]
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    used = [font for font in fonts if "/FontDescriptor" in font]
    assert used
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_a_long_statement_goes_on_over_pages_with_its_headings(host):
    set_locale("en")
    printed = _printed()
    shares = [printed.shares[0]] * 60
    reader = PdfReader(BytesIO(make_pdf(replace(printed, shares=shares), host.registry)))
    assert len(reader.pages) > 3
    assert all("a" * 64 in page.extract_text() for page in reader.pages)
