"""Payments of statements: what is open, and what the ledger says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arengo_core import clock
from arengo_core.caller import Caller, Role
from arengo_core.errors import ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.money import Money
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.statements import service
from tests.settlements.valley import IN_SEPTEMBER


@pytest.fixture
async def statement(valley, move_clock):
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    return (await valley.statements(settlement))[0]


async def _pay(valley, statement, amount, caller=None, **more):
    async with valley.host.unit_of_work(caller or valley.office) as uow:
        more = {"paid_on": date(2026, 9, 1)} | more
        return await service.record_payment(
            uow, statement_id=statement.id, amount=Money(amount), **more
        )


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


async def test_a_day_to_come_and_another_currency_are_refused(valley, statement):
    with pytest.raises(InvalidInputError):
        await _pay(valley, statement, 100, paid_on=clock.today() + timedelta(days=1))
    with pytest.raises(InvalidInputError):
        async with valley.host.unit_of_work(valley.office) as uow:
            await service.record_payment(
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
