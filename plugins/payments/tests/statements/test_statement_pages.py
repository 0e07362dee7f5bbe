"""Pages and GraphQL of statements paid online: the member's, the office's, money back, payouts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller, Role
from arengo_core.clock import ROME
from arengo_core.ids import new_id
from arengo_core.permissions import service as permissions
from arengo_marketplace.ledger import repository as ledger
from arengo_payments.permissions import PAYOUTS

PAY = """mutation ($id: ID!, $key: String!) {
  payStatementOnline(id: $id, idempotencyKey: $key) {
    payment { id state url amount { amount } } userErrors { code field message }
  }
}"""
STATEMENT = """query ($id: ID!) {
  statement(id: $id) { canPayOnline state onlinePayment { state url } payments { way } }
}"""
GIVE_BACK = """mutation (
  $id: ID!, $amount: Int!, $reason: String!, $key: String!, $currency: String! = "EUR"
) {
  refundStatementPayment(
    paymentId: $id, amount: $amount, reason: $reason, idempotencyKey: $key, currency: $currency
  ) {
    refund { state merchantOrderId } userErrors { code field message }
  }
}"""
TRANSFER = """mutation ($id: ID!, $amount: Int!, $fees: Int!, $key: String!) {
  recordGatewayTransfer(
    consortiumId: $id, amount: $amount, fees: $fees, paidOn: "2026-09-02", idempotencyKey: $key
  ) { payoutId userErrors { code field message } }
}"""


@pytest.fixture
async def mayor(payers, visit):
    return await visit(payers.officer_of_town)


@pytest.fixture
async def officer(payers, visit):
    return await visit(payers.consortium.officer)


async def test_from_the_button_to_the_statement(payers, mayor):
    place = f"/office/statements/{payers.statement.id}"
    assert f'action="{place}/online"' in (await mayor.get(place)).text
    leaving = await mayor.post(f"{place}/online", {"idempotency_key": "first-click"})
    assert leaving.status_code == 200
    [url] = set(re.findall(rf'href="({payers.standin.base_url}[^"]+)"', leaving.text))
    paid = await payers.standin.pay(url)
    assert paid.location is not None
    assert paid.location.endswith(f"{place}/online?from=paid")
    await payers.standin.settle()
    back = await mayor.get(f"{place}/online?from=paid")
    assert "pagati. Grazie." in back.text
    shown = (await mayor.get(place)).text
    assert "Pagato online" in shown
    assert f'action="{place}/online"' not in shown


@pytest.mark.parametrize(
    ("query", "words"),
    [("?from=paid", "in conferma"), ("?from=turned-back", "Non hai pagato"), ("", "aperta")],
)
async def test_coming_back_before_it_is_confirmed(payers, mayor, query, words):
    place = f"/office/statements/{payers.statement.id}/online"
    await mayor.post(place, {"idempotency_key": "first-click"})
    back = (await mayor.get(f"{place}{query}")).text
    assert words in back
    assert ('hx-trigger="every 5s"' in back) is (query != "?from=turned-back")


async def test_without_any_payment_it_leads_to_the_statement(payers, mayor):
    answer = await mayor.get(f"/office/statements/{payers.statement.id}/online")
    assert answer.headers["location"] == f"/office/statements/{payers.statement.id}"


async def test_a_gateway_that_does_not_answer_is_told(payers, mayor):
    place = f"/office/statements/{payers.statement.id}"
    await payers.standin.fail_next("drop", when="before", path="/v1/checkout/sessions", times=2)
    refused = await mayor.post(f"{place}/online", {"idempotency_key": "first-click"})
    assert refused.headers["location"] == place
    assert "Continuiamo a chiederglielo" in (await mayor.get(f"{place}/online")).text


async def test_another_member_neither_sees_nor_pays(payers, visit, make_user):
    other = await visit(await make_user((payers.other.organization_id, Role.MUNICIPAL_OFFICER)))
    place = f"/office/statements/{payers.statement.id}/online"
    assert (await other.get(place)).status_code == 404
    assert (await other.post(place, {})).status_code == 404
    answer = await other.graphql(
        PAY, id=global_id("Statement", payers.statement.id), key="key-of-another"
    )
    [error] = answer["data"]["payStatementOnline"]["userErrors"]
    assert error["code"] == "NOT_FOUND"
    assert await payers.standin.objects("checkout.session") == []


async def test_the_office_sees_it_and_gives_it_back(payers, officer, run_jobs):
    payment = await payers.paid()
    listed = (await officer.get("/office/payments")).text
    assert f"/office/payments/statements/{payment.id}" in listed
    assert payers.consortium.lead.name in listed
    page = f"/office/payments/statements/{payment.id}"
    assert f"/office/statements/{payers.statement.id}" in (await officer.get(page)).text
    too_much = await officer.post(
        f"{page}/refund",
        {"amount": "99999", "reason": "Doppio", "idempotency_key": "refund-too-much"},
    )
    assert too_much.status_code == 400
    no_reason = await officer.post(
        f"{page}/refund", {"amount": "1", "reason": " ", "idempotency_key": "refund-no-reason"}
    )
    assert no_reason.status_code == 400
    done = await officer.post(
        f"{page}/refund", {"amount": "1", "reason": "Doppio", "idempotency_key": "refund-of-one"}
    )
    assert done.status_code == 303
    await run_jobs()
    standing = await payers.standing()
    assert standing.open == 100
    assert [(row.way, row.amount, row.reason) for row in await payers.rows()][1:] == [
        ("online", -100, "Doppio")
    ]
    due = payers.statement.due
    assert await payers.balances() == {"gateway": due - 100, "bank": 0, "owed": 100}
    statement = (await officer.get(f"/office/statements/{payers.statement.id}")).text
    assert "Restituito online: Doppio" in statement
    assert "/take-back" not in statement


async def test_a_refund_that_the_bank_sends_back_is_on_the_statement_again(
    payers, officer, run_jobs
):
    payment = await payers.paid()
    answer = await officer.graphql(
        GIVE_BACK,
        id=global_id("Payment", payment.id),
        amount=payers.statement.due,
        reason="Doppio",
        key="refund-of-all",
    )
    made = answer["data"]["refundStatementPayment"]
    assert made == {"refund": {"state": "requested", "merchantOrderId": None}, "userErrors": []}
    await run_jobs()
    assert await payers.state() == "returned"
    assert (await payers.standing()).open == payers.statement.due
    [refund] = await payers.standin.objects("refund")
    await payers.standin.fail_refund(refund["id"])
    await payers.standin.settle()
    await run_jobs()
    assert (await payers.standing()).open == 0
    assert (await payers.balances())["gateway"] == payers.statement.due
    statement = (await officer.get(f"/office/statements/{payers.statement.id}")).text
    assert statement.count("La banca ha respinto il rimborso.") == 1
    assert statement.count("Pagato online") == 1
    booked = (await officer.get("/office/ledger/accounts/gateway")).text
    assert "è di nuovo presente: La banca ha respinto il rimborso." in booked
    assert "Rimborso di un rendiconto tornato indietro" in (await officer.get("/office/log")).text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "USD"}, "amount"),
        ({"key": ""}, "idempotencyKey"),
        ({"key": "x" * 201}, "idempotencyKey"),
    ],
)
async def test_no_other_currency_and_no_key_that_is_nobodys(payers, officer, changed, field):
    payment = await payers.paid()
    asked = {"amount": 100, "currency": "EUR", "reason": "Doppio", "key": "refund-of-one"}
    answer = await officer.graphql(
        GIVE_BACK, id=global_id("Payment", payment.id), **asked | changed
    )
    [error] = answer["data"]["refundStatementPayment"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", field)
    assert (await payers.payment_row(payment.id)).refunded == 0


async def test_it_is_not_taken_back_as_a_transfer_is(payers, officer):
    await payers.paid()
    [row] = await payers.rows()
    await officer.post(
        f"/office/statements/{payers.statement.id}/payments/{row.id}/take-back",
        {"reason": "Sbagliato"},
    )
    assert len(await payers.rows()) == 1


async def test_members_do_not_give_back_to_themselves(payers, mayor):
    payment = await payers.paid()
    answer = await mayor.graphql(
        GIVE_BACK,
        id=global_id("Payment", payment.id),
        amount=100,
        reason="Mio",
        key="refund-to-myself",
    )
    [error] = answer["data"]["refundStatementPayment"]["userErrors"]
    assert error["code"] == "NOT_FOUND"
    assert await payers.standin.objects("refund") == []


async def test_what_the_gateway_paid_out_is_booked_to_the_bank(payers, officer):
    await payers.paid()
    due = payers.statement.due
    page = await officer.post(
        "/office/payments/transfers",
        {
            "amount": f"{(due + 1) / 100:.2f}",
            "fees": "",
            "paid_on": "2026-09-02",
            "reference": "TRN",
            "idempotency_key": "transfer-too-much",
        },
    )
    assert page.status_code == 400
    done = await officer.post(
        "/office/payments/transfers",
        {
            "amount": f"{(due - 300) / 100:.2f}",
            "fees": "2",
            "paid_on": "2026-09-02",
            "reference": "TRN 7",
            "idempotency_key": "transfer-of-most",
        },
    )
    assert done.status_code == 303
    assert "TRN 7" in (await officer.get("/office/payments")).text
    assert await payers.balances() == {"gateway": 100, "bank": due - 300, "owed": 0}
    again = {
        "id": global_id("Organization", payers.id),
        "amount": 100,
        "fees": 1,
        "key": "transfer-of-the-rest",
    }
    refused = await officer.graphql(TRANSFER, **again)
    assert refused["data"]["recordGatewayTransfer"]["userErrors"][0]["field"] == "amount"
    noted = await officer.graphql(TRANSFER, **again | {"fees": 0, "key": "transfer-of-rest-2"})
    assert noted["data"]["recordGatewayTransfer"]["userErrors"] == []
    assert (await payers.balances())["gateway"] == 0


async def test_who_looks_into_payments_alone_is_offered_no_transfer(payers, officer, host):
    await payers.paid()
    form = 'action="/office/payments/transfers"'
    assert form in (await officer.get("/office/payments")).text
    async with host.unit_of_work(Caller.program([payers.id], [payers.id])) as uow:
        await permissions.set_role(
            uow,
            host,
            payers.id,
            permission=PAYOUTS.key,
            role=Role.CONSORTIUM_OFFICER.value,
            may=False,
        )
    page = await officer.get("/office/payments")
    assert page.status_code == 200
    assert form not in page.text
    for path in ("transfers", "payouts"):
        refused = await officer.post(
            f"/office/payments/{path}",
            {
                "merchant": payers.id,
                "amount": "1",
                "paid_on": "2026-09-02",
                "idempotency_key": f"not-mine-{path}",
            },
        )
        assert refused.status_code == 403
    due = await officer.graphql(
        "query ($id: ID!) { moneyDue(consortiumId: $id) { amount { amount } } }",
        id=global_id("Organization", payers.id),
    )
    assert due["data"]["moneyDue"] == []


async def test_a_payout_is_booked_on_its_day(payers, visit, move_clock):
    await payers.paid()
    move_clock(datetime(2026, 9, 20, 8, tzinfo=UTC))
    officer = await visit(payers.consortium.officer)
    noted = await officer.graphql(
        TRANSFER, id=global_id("Organization", payers.id), amount=100, fees=1, key="early-payout"
    )
    assert noted["data"]["recordGatewayTransfer"]["userErrors"] == []
    async with payers.host.unit_of_work(payers.office, read_only=True) as uow:
        [line] = await ledger.postings_of_account(uow.session, payers.id, "bank")
    assert line[0].occurred_at.astimezone(ROME) == datetime(2026, 9, 2, tzinfo=ROME)


@pytest.mark.parametrize(("left", "takes"), [(49, False), (50, True)])
async def test_page_and_api_offer_what_paying_takes(payers, mayor, left, takes):
    await payers.record(payers.statement.due - left)
    one = {"id": global_id("Statement", payers.statement.id)}
    told = (await mayor.graphql(STATEMENT, **one))["data"]["statement"]
    assert told["canPayOnline"] is takes
    place = f"/office/statements/{payers.statement.id}"
    page = (await mayor.get(place)).text
    assert (f'action="{place}/online"' in page) is takes
    answer = (await mayor.graphql(PAY, **one, key=f"key-{new_id()}"))["data"]["payStatementOnline"]
    assert (answer["payment"] is not None) is takes
    assert [error["field"] for error in answer["userErrors"]] == ([] if takes else ["amount"])


async def test_graphql_says_where_to_pay_and_how_it_stands(payers, mayor):
    one = {"id": global_id("Statement", payers.statement.id)}
    before = (await mayor.graphql(STATEMENT, **one))["data"]["statement"]
    assert before == {
        "canPayOnline": True,
        "state": "unpaid",
        "onlinePayment": None,
        "payments": [],
    }
    key = f"key-{new_id()}"
    answer = (await mayor.graphql(PAY, **one, key=key))["data"]["payStatementOnline"]
    assert answer["userErrors"] == []
    assert answer["payment"]["url"].startswith(payers.standin.base_url)
    await payers.standin.pay(answer["payment"]["url"])
    await payers.standin.settle()
    after = (await mayor.graphql(STATEMENT, **one))["data"]["statement"]
    assert after == {
        "canPayOnline": False,
        "state": "paid",
        "onlinePayment": {"state": "paid", "url": None},
        "payments": [{"way": "online"}],
    }
    again = (await mayor.graphql(PAY, **one, key="another-key"))["data"]["payStatementOnline"]
    assert again["userErrors"][0]["code"] == "CONFLICT"


async def test_letters_and_files_say_where(payers, mayor, run_jobs, mailbox, officer):
    address = f"/office/statements/{payers.statement.id}#pay"
    await officer.post(f"/office/statements/{payers.statement.id}/send", {})
    await run_jobs()
    [letter] = mailbox.to(payers.officer_of_town.email)
    assert address in letter["text"]
    pdf = await mayor.get(f"/office/statements/{payers.statement.id}/pdf")
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    assert address in re.sub(r"\s", "", printed)


async def test_no_reminder_goes_while_a_payment_is_on_its_way(payers, move_clock):
    from arengo_marketplace.deliveries import repository as deliveries
    from arengo_marketplace.dunning import jobs
    from arengo_payments.collecting.states import AttemptState

    async def reminders():
        member = payers.statement.organization_id
        async with payers.host.unit_of_work(payers.office, read_only=True) as uow:
            sent = await deliveries.of_statements(uow.session, [payers.statement.id], [member])
        return [row.level for row in sent if row.level]

    await payers.switch(reminders="10")
    payment = await payers.begin()
    attempt = await payers.attempt(payment.id)
    async with payers.host.unit_of_work(payers.office) as uow:
        attempt.state = AttemptState.PROCESSING
        await uow.session.merge(attempt)
    move_clock(datetime(2026, 11, 1, 8, tzinfo=UTC))
    await jobs.remind(payers.host, {})
    assert await reminders() == []
    async with payers.host.unit_of_work(payers.office) as uow:
        attempt.state = AttemptState.OPEN
        await uow.session.merge(attempt)
    await jobs.remind(payers.host, {})
    assert await reminders() == [1]
