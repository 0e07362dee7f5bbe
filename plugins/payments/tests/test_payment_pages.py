"""Pages of office and desk: who may, who may not, and what they change."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from arengo_core.caller import Role
from arengo_core.clock import ROME
from arengo_core.ids import new_id
from arengo_marketplace.ledger import repository as ledger
from arengo_marketplace.testing import new_vat_number
from arengo_payments.collecting.models import AttemptRow, PaymentPartRow, PaymentRow
from arengo_payments.payouts.models import PayoutRow
from arengo_payments.refunds.models import RefundRow

OFFICE = (
    "/office/payments",
    "/office/payments/account",
    "/office/payments/payments.csv",
    "/office/payments/due.csv",
)
DESK = ("/desk/money", "/desk/money/payments.csv")


@pytest.fixture
async def officer(valley, visit):
    return await visit(valley.consortium.officer)


@pytest.fixture
async def baker(valley, visit):
    return await visit(valley.bakery.person)


async def test_pages_are_for_those_whose_they_are(valley, visit, make_consortium, make_user):
    stranger = await visit((await make_consortium()).officer)
    clerk = await visit(await make_user((valley.bakery.id, Role.CLERK)))
    anonymous, baker = await visit(), await visit(valley.bakery.person)
    officer = await visit(valley.consortium.officer)
    await valley.paid()
    for path in OFFICE:
        assert (await anonymous.get(path)).status_code == 303
        assert (await baker.get(path)).status_code == 403
        assert (await officer.get(path)).status_code == 200
        assert "Panificio della Prova" not in (await stranger.get(path)).text
    for path in DESK:
        assert (await anonymous.get(path)).status_code == 303
        assert (await officer.get(path)).status_code == 403
        assert (await clerk.get(path)).status_code == 403
        assert (await baker.get(path)).status_code == 200


async def test_rows_of_others_are_out_of_reach_whatever_the_query(
    valley, host, caller_for, make_merchant, run_jobs
):
    payment = await valley.paid()
    await valley.refund(payment, 100, shop=1)
    await run_jobs()
    baker = await caller_for(valley.bakery.person)
    async with host.unit_of_work(baker, read_only=True) as uow:
        for table in (PaymentRow, AttemptRow, RefundRow, PayoutRow):
            assert (await uow.session.execute(select(table))).first() is None
        parts = (await uow.session.execute(select(PaymentPartRow))).scalars().all()
        assert {part.organization_id for part in parts} == {valley.bakery.id}
    async with host.unit_of_work(read_only=True) as uow:
        for table in (PaymentRow, PaymentPartRow, AttemptRow, RefundRow):
            assert (await uow.session.execute(select(table))).first() is None
    officer = await caller_for(valley.consortium.officer)
    async with host.unit_of_work(officer, read_only=True) as uow:
        rows = (await uow.session.execute(select(PaymentPartRow))).scalars().all()
        assert {row.organization_id for row in rows} == {valley.bakery.id, valley.dairy.id}


async def test_the_office_sees_payments_refunds_and_dues(valley, officer, run_jobs):
    payment = await valley.paid()
    await valley.refund(payment, 250)
    await run_jobs()
    page = (await officer.get("/office/payments?lang=it")).text
    for text in ("Panificio della Prova, Latteria della Prova", "20,00", "10,00", "Rotto"):
        assert text in page
    dues = (await officer.get("/office/payments/due.csv")).text
    assert "Panificio della Prova;10,00;EUR" in dues
    assert "Latteria della Prova;7,50;EUR" in dues
    listed = (await officer.get("/office/payments/payments.csv")).text
    assert f"{payment.id};{payment.order_id}" in listed
    assert "20,00;2,50;EUR" in listed


async def test_payments_go_on_on_another_page(valley, officer):
    for _ in range(27):
        await valley.prepare(method="counter")
    first = (await officer.get("/office/payments")).text
    assert first.count('class="ar-number"') >= 25
    link = first.split("/office/payments?after=")[1].split('"')[0]
    second = await officer.get(f"/office/payments?after={link}")
    assert second.status_code == 200
    assert (await officer.get("/office/payments?after=nonsense")).status_code == 400


async def test_a_transfer_lowers_what_is_due_once(valley, officer):
    await valley.paid()
    form = {
        "merchant": valley.bakery.id,
        "amount": "12,00",
        "paid_on": "2026-01-31",
        "reference": "CRO 77",
        "idempotency_key": f"payout-{new_id()}",
    }
    for _ in range(2):
        assert (await officer.post("/office/payments/payouts", form)).status_code == 303
    assert (await valley.balances())["bakery"] == -50
    more = {**form, "idempotency_key": f"payout-{new_id()}"}
    refused = await officer.post("/office/payments/payouts", more)
    assert refused.status_code == 400
    assert "CRO 77" in refused.text
    async with valley.host.unit_of_work(valley.officer, read_only=True) as uow:
        lines = await ledger.postings_of_account(uow.session, valley.id, "gateway")
    assert min(line.occurred_at for line, _ in lines).astimezone(ROME) == datetime(
        2026, 1, 31, tzinfo=ROME
    )
    for field, value in (
        ("amount", "zwölf"),
        ("paid_on", "gestern"),
        ("paid_on", "2999-01-01"),
        ("paid_on", "0001-01-01"),
    ):
        answer = await officer.post("/office/payments/payouts", {**more, field: value})
        assert answer.status_code == 400
    assert (await valley.balances())["bakery"] == -50


async def test_only_officers_note_transfers(valley, baker, visit, make_consortium):
    await valley.paid()
    form = {
        "merchant": valley.bakery.id,
        "amount": "12,00",
        "paid_on": "2026-01-31",
        "idempotency_key": f"payout-{new_id()}",
    }
    stranger = await visit((await make_consortium()).officer)
    assert (await baker.post("/office/payments/payouts", form)).status_code == 403
    assert (await stranger.post("/office/payments/payouts", form)).status_code == 400
    assert (await valley.balances())["bakery"] == -1250


async def test_keys_are_shown_masked_and_kept_when_left_empty(valley, officer, host):
    from arengo_marketplace.contract import Marketplace

    page = (await officer.get("/office/payments/account")).text
    assert valley.standin.secret_key not in page
    assert valley.standin.webhook_secret not in page
    assert valley.standin.secret_key[-4:] in page
    assert valley.webhook_path in page
    async with host.unit_of_work(valley.officer, read_only=True) as uow:
        before = await host.continuing(uow, Marketplace).collecting_entity(valley.id)
    answer = await officer.post(
        "/office/payments/account",
        {
            "organization": before.organization_id,
            "gateway": "stripe",
            "api_base": valley.standin.base_url,
        },
    )
    assert answer.status_code == 303
    async with host.unit_of_work(valley.officer, read_only=True) as uow:
        after = await host.continuing(uow, Marketplace).collecting_entity(valley.id)
    assert after == before


async def test_a_public_administration_is_refused_with_the_reason(valley, officer, host):
    form = {
        "organization": valley.id,
        "public": "yes",
        "gateway": "stripe",
        "api_base": valley.standin.base_url,
    }
    answer = await officer.post("/office/payments/account?lang=en", form)
    assert answer.status_code == 400
    assert "pagoPA" in answer.text
    assert "217/2017" in answer.text
    town = {**form, "organization": valley.consortium.lead.id, "public": ""}
    assert (await officer.post("/office/payments/account", town)).status_code == 400
    payment = await valley.paid()
    assert payment.state == "paid"


async def test_a_new_company_is_named_and_wrong_entries_keep_what_was_typed(valley, officer):
    form = {
        "organization": "",
        "company_name": "Cooperativa Valle",
        "vat_number": new_vat_number(),
        "gateway": "stripe",
        "secret_key": "sk_test_0123456789abcdef",
        "webhook_secret": "whsec_0123456789abcdef",
        "api_base": valley.standin.base_url,
    }
    for field, value in (
        ("secret_key", "hunter2"),
        ("webhook_secret", "sk_test_123456789"),
        ("api_base", "http://somewhere.example"),
        ("api_base", "demo"),
        ("vat_number", "123"),
        ("vat_number", ""),
        ("company_name", ""),
        ("gateway", "barter"),
        ("organization", "nonsense"),
    ):
        answer = await officer.post("/office/payments/account", {**form, field: value})
        assert answer.status_code == 400, field
        if field != "company_name":
            assert "Cooperativa Valle" in answer.text
        assert "hunter2" not in answer.text
    assert (await officer.post("/office/payments/account", form)).status_code == 303
    assert "Cooperativa Valle" in (await officer.get("/office/payments")).text


async def test_the_connection_is_tested(valley, officer):
    await officer.get("/office/payments?lang=en")
    works = await officer.post("/office/payments/test")
    assert works.status_code == 303
    page = (await officer.get("/office/payments/account")).text
    assert "answers and takes the keys" in page
    form = {
        "company_name": "Cooperativa Valle",
        "vat_number": new_vat_number(),
        "gateway": "stripe",
        "secret_key": "sk_test_of_somebody_else",
        "webhook_secret": "whsec_0123456789abcdef",
        "api_base": valley.standin.base_url,
    }
    await officer.post("/office/payments/account", form)
    await officer.post("/office/payments/test")
    page = (await officer.get("/office/payments/account")).text
    assert "does not work" in page
    assert "Invalid API Key" in page


async def test_the_desk_shows_my_money_and_takes_it_at_the_counter(valley, baker, visit):
    await valley.paid()
    counter = await valley.prepare(method="counter")
    mine, theirs = valley.orders[counter.order_id]
    page = (await baker.get("/desk/money?lang=it")).text
    assert "12,50" in page
    assert "7,50" not in page
    assert "Latteria" not in page
    path = f"/desk/money/{counter.id}/{theirs}/received"
    assert (await baker.post(path)).status_code == 404
    assert (
        await (await visit()).post(f"/desk/money/{counter.id}/{mine}/received")
    ).status_code == 303
    assert [part.paid_at for part in await valley.parts(counter.id)] == [None, None]
    assert (await baker.post(f"/desk/money/{counter.id}/{mine}/received")).status_code == 303
    first, second = await valley.parts(counter.id)
    assert first.paid_at is not None
    assert second.paid_at is None
    listed = (await baker.get("/desk/money/payments.csv")).text
    assert listed.count("12,50;0,00;EUR") == 2
