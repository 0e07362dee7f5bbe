"""Payments of statements: what is open, and what the ledger says."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller, Role
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.money import Money
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.ledger.repository import Span
from arengo_marketplace.statements import payments, repository, service
from tests.settlements.valley import IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER


@pytest.fixture
async def statement(valley, move_clock):
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    return (await valley.statements(settlement))[0]


async def _pay(valley, statement, amount, caller=None, **more):
    async with valley.host.unit_of_work(caller or valley.office) as uow:
        more = {"paid_on": date(2026, 9, 1)} | more
        return await payments.record(uow, statement_id=statement.id, amount=Money(amount), **more)


async def _take_back(valley, payment, reason="Wrong town"):
    async with valley.host.unit_of_work(valley.office) as uow:
        return await payments.take_back(uow, payment_id=payment.id, reason=reason)


async def _payments(valley, statement):
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        return await repository.payments(uow.session, [statement.id], [statement.organization_id])


async def _standing(valley, statement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await service.standing_of(uow, statement)


async def _owed(valley, statement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        member = statement.organization_id
        balance = await ledger.balance(uow, valley.id, "member_receivable", member)
        return balance.amount


async def test_a_statement_is_paid_in_parts(valley, statement):
    await _pay(valley, statement, 1_000, reference="CRO 12")
    standing = await _standing(valley, statement)
    assert (standing.paid, standing.open, standing.state) == (
        1_000,
        statement.amount - 1_000,
        "unpaid",
    )
    assert await _owed(valley, statement) == statement.amount - 1_000
    await _pay(valley, statement, statement.amount - 1_000)
    assert (await _standing(valley, statement)).state == "paid"
    assert await _owed(valley, statement) == 0


@pytest.mark.parametrize("wrong", [0, -500, 10**9])
async def test_what_does_not_fit_is_refused(valley, statement, wrong):
    with pytest.raises(InvalidInputError) as refused:
        await _pay(valley, statement, wrong)
    assert refused.value.field == "amount"
    assert await _owed(valley, statement) == statement.amount


async def test_a_day_before_all_ledgers_is_refused(valley, statement):
    with pytest.raises(InvalidInputError) as refused:
        await _pay(valley, statement, 100, paid_on=date(1, 1, 1))
    assert refused.value.field == "paid_on"


async def test_a_day_to_come_and_another_currency_are_refused(valley, statement):
    with pytest.raises(InvalidInputError):
        await _pay(valley, statement, 100, paid_on=clock.today() + timedelta(days=1))
    with pytest.raises(InvalidInputError):
        async with valley.host.unit_of_work(valley.office) as uow:
            await payments.record(
                uow,
                statement_id=statement.id,
                amount=Money(100, "CHF"),
                paid_on=date(2026, 9, 1),
            )


async def test_the_same_request_again_pays_once(valley, statement):
    first = await _pay(valley, statement, 1_000, idempotency_key="payment-0001")
    again = await _pay(valley, statement, 1_000, idempotency_key="payment-0001")
    assert first.id == again.id
    assert (await _standing(valley, statement)).paid == 1_000


async def test_a_member_does_not_record_its_own_payment(valley, statement, make_user, caller_for):
    payer = await caller_for(await make_user((statement.organization_id, Role.MUNICIPAL_OFFICER)))
    with pytest.raises(ForbiddenError):
        await _pay(valley, statement, 100, caller=payer)
    with pytest.raises(NotFoundError):
        await _pay(valley, statement, 100, caller=Caller())
    assert (await _standing(valley, statement)).paid == 0


async def test_a_credit_is_paid_out_and_ends_at_nothing(valley, statement):
    await _pay(valley, statement, statement.amount)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        settlement = await service.settlement_behind(uow, statement)
    reversal = await valley.reverse(settlement)
    credit = next(
        one
        for one in await valley.statements(reversal)
        if one.organization_id == statement.organization_id
    )
    assert credit.amount == -statement.amount
    assert await _owed(valley, statement) == -statement.amount
    await _pay(valley, credit, -statement.amount)
    assert await _owed(valley, statement) == 0
    assert (await _standing(valley, credit)).state == "paid"


async def test_what_was_taken_back_and_its_credit_set_each_other_off(valley, statement):
    await _pay(valley, statement, 1_000)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        settlement = await service.settlement_behind(uow, statement)
    issued = await valley.statements(await valley.reverse(settlement))
    credit = next(one for one in issued if one.organization_id == statement.organization_id)
    taken_back, given = await _standing(valley, statement), await _standing(valley, credit)
    assert (taken_back.open, taken_back.state) == (0, "reversed")
    assert (given.open, given.state) == (-1_000, "credit")
    assert await _owed(valley, statement) == -1_000
    with pytest.raises(InvalidInputError):
        await _pay(valley, statement, 500)
    await _pay(valley, credit, -1_000)
    assert (await _standing(valley, credit)).state == "paid"
    untouched = next(one for one in issued if one.organization_id != statement.organization_id)
    standing = await _standing(valley, untouched)
    assert (standing.open, standing.state) == (0, "set_off")


async def test_overdue_is_told_after_thirty_days(valley, statement, move_clock):
    assert not (await _standing(valley, statement)).overdue
    move_clock(IN_SEPTEMBER + timedelta(days=31))
    assert (await _standing(valley, statement)).overdue
    await _pay(valley, statement, statement.amount)
    assert not (await _standing(valley, statement)).overdue


async def test_more_than_is_open_is_a_credit_that_the_next_settlement_uses(
    valley, statement, move_clock
):
    amount = statement.amount
    with pytest.raises(InvalidInputError, match="more than is open"):
        await _pay(valley, statement, amount + 500)
    await _pay(valley, statement, amount + 500, is_over=True)
    standing = await _standing(valley, statement)
    assert (standing.open, standing.state) == (-500, "credit")
    await valley.enter(100_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    issued = await valley.statements(await valley.close(SEPTEMBER))
    later = next(one for one in issued if one.organization_id == statement.organization_id)
    assert (await _standing(valley, statement)).open == 0
    assert (await _standing(valley, later)).open == later.amount - 500
    assert await _owed(valley, statement) == later.amount - 500
    others = [one for one in issued if one.id != later.id]
    assert [(await _standing(valley, one)).paid for one in others] == [0] * len(others)
    used = (await _payments(valley, later))[0]
    assert (used.way, used.reference, used.amount) == ("set_off", statement.number, 500)
    await _take_back(valley, used)
    assert (await _standing(valley, statement)).open == -500, "the credit is there again"
    assert (await _standing(valley, later)).open == later.amount
    assert await _owed(valley, statement) == later.amount - 500
    async with valley.host.unit_of_work(valley.office) as uow:
        await payments.use_credits(uow, statement_id=later.id)
    assert (await _standing(valley, later)).open == later.amount - 500
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError):
            await payments.use_credits(uow, statement_id=later.id)
        bank = await ledger.balance(uow, valley.id, "bank")
    assert bank.amount == amount + 500, "no money moved when the credit was used"


async def test_the_letter_says_what_a_credit_has_paid_of_it(
    valley, statement, move_clock, run_jobs, mailbox
):
    town = valley.towns[0]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        issued = await repository.of_settlement(uow.session, valley.id, statement.settlement_id)
    first = next(one for one in issued if one.organization_id == town.id)
    await _pay(valley, first, first.amount + 500, is_over=True)
    await valley.enter(100_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    await valley.close(SEPTEMBER)
    await run_jobs()
    mails = mailbox.to(valley.town_officer.email)
    [told] = [one for one in mails if "5,00\xa0€ sono già pagati" in one["text"]]
    assert "2026-09/" in told["subject"]


async def test_a_credit_larger_than_the_next_statement_lasts(valley, statement, move_clock):
    await _pay(valley, statement, statement.amount + 10**6, is_over=True)
    await valley.enter(100_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    issued = await valley.statements(await valley.close(SEPTEMBER))
    later = next(one for one in issued if one.organization_id == statement.organization_id)
    assert (await _standing(valley, later)).state == "paid"
    assert (await _standing(valley, statement)).open == later.amount - 10**6
    await _pay(valley, statement, later.amount - 10**6, paid_on=date(2026, 10, 1))
    assert (await _standing(valley, statement)).state == "paid"
    assert await _owed(valley, statement) == 0


async def test_a_wrong_record_is_taken_back_once_by_an_entry(valley, statement, visit):
    wrong = await _pay(valley, statement, 1_000)
    undone = await _take_back(valley, wrong)
    assert (undone.amount, undone.reverses_id, undone.reason) == (-1_000, wrong.id, "Wrong town")
    assert (await _standing(valley, statement)).open == statement.amount
    assert await _owed(valley, statement) == statement.amount
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        bank = await ledger.account_statement(uow, valley.id, "bank", Span())
    assert (bank.debits, bank.credits) == (1_000, 1_000), "both entries stay"
    for again in (wrong, undone):
        with pytest.raises(ConflictError):
            await _take_back(valley, again)
    with pytest.raises(InvalidInputError):
        await _take_back(valley, await _pay(valley, statement, 5), reason=" ")
    office = await visit(valley.officer)
    page = await office.get(f"/office/statements/{statement.id}")
    assert "Annullato: Wrong town" in page.text


async def test_terms_of_payment_date_and_mark_what_is_issued(valley, move_clock, visit):
    office = await visit(valley.officer)
    path = "/office/charter/payment-terms"
    for wrong in ({"due_days": "0"}, {"due_days": "10", "iban": "IT60X0542811101000000123457"}):
        answer = await office.post(path, wrong)
        assert answer.status_code == 400
    terms = {"due_days": "10", "iban": "IT60 X054 2811 1010 0000 0123 456", "bank": "Tesoreria"}
    assert (await office.post(path, terms)).status_code == 303
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    statement = (await valley.statements(await valley.close()))[0]
    assert statement.due_on == date(2026, 9, 12)
    office = await visit(valley.officer)
    shown = (await office.get(f"/office/statements/{statement.id}")).text
    pdf = (await office.get(f"/office/statements/{statement.id}/pdf")).content
    for text in (shown, PdfReader(BytesIO(pdf)).pages[0].extract_text()):
        assert "IT60 X054 2811 1010 0000 0123 456" in text
        assert "Tesoreria" in text


async def test_the_overdue_page_says_who_owes_what_since_when(valley, statement, move_clock, visit):
    office = await visit(valley.officer)
    assert "Nulla è scaduto" in (await office.get("/office/overdue")).text
    await _pay(valley, statement, statement.amount)
    move_clock(IN_SEPTEMBER + timedelta(days=35))
    office = await visit(valley.officer)
    page = (await office.get("/office/overdue")).text
    assert statement.number not in page, "paid"
    listed = (await office.get("/office/overdue/csv")).text
    assert len(listed.strip().splitlines()) == 1 + len(valley.towns) - 1
    query = """query ($id: ID!, $after: String) {
      overdueStatements(consortiumId: $id, first: 2, after: $after) {
        nodes { number daysOverdue open { amount } } pageInfo { endCursor hasNextPage } } }"""
    consortium = global_id("Organization", valley.id)
    seen, after = [], None
    while True:
        answer = await office.graphql(query, id=consortium, after=after)
        found = answer["data"]["overdueStatements"]
        seen += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert [one["daysOverdue"] for one in seen] == [5, 5, 5]
    assert all(one["number"] in page and one["number"] in listed for one in seen)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        ages = await service.open_by_age(uow, valley.id)
    assert ages == [0, sum(one["open"]["amount"] for one in seen), 0, 0, 0]
