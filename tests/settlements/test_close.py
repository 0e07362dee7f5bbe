"""Closing a month: to the cent, once, and only when it is over."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import func, select, text

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.money import Money
from arengo_marketplace.contract import SettlementClosed
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.members import service as members
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.settlements.components import read_component
from arengo_marketplace.settlements.models import Settlement, Share
from arengo_marketplace.statements import service as statement_service
from arengo_marketplace.statements.models import Statement
from tests.settlements.valley import (
    AUGUST,
    IN_OCTOBER,
    IN_SEPTEMBER,
    RULE,
    SEPTEMBER,
    STROKES,
)


async def _august(valley, move_clock):
    """A month with costs, fees, a grant and usage, ready to be closed."""
    await valley.enter(100_001, supplier="Fonderia S.r.l.", document_number="7/2026")
    await valley.enter(3_333, kind=LineKind.USAGE, description="Rintocchi")
    await valley.enter(2_000, kind=LineKind.FEE, description="Tariffe")
    await valley.enter(30_000, kind=LineKind.FUNDING, description="Bando regionale")
    for town, strokes in zip(valley.towns, (10, 0, 7, 1), strict=True):
        if strokes:
            await valley.use(town.id, strokes)
    move_clock(IN_SEPTEMBER)


async def test_shares_add_up_and_are_what_the_mathematics_says(valley, move_clock):
    await _august(valley, move_clock)
    settlement = await valley.close()
    assert (settlement.costs, settlement.fees, settlement.funding) == (103_334, 2_000, 30_000)
    shares = await valley.shares(settlement)
    assert sum(share.amount for share in shares) == settlement.net == 71_334

    bearers = [Bearer(share.organization_id, share.population) for share in shares]
    strokes = dict(zip([town.id for town in valley.towns], (10, 0, 7, 1), strict=True))
    usage = {STROKES: {town: Decimal(count) for town, count in strokes.items()}}
    expected = allocate(CostPool.of(Money(71_334), AUGUST), RULE, bearers, usage)
    for share in shares:
        should = expected.share_of(share.organization_id)
        assert share.amount == should.amount.amount
        parts = [read_component(document) for document in share.components]
        assert sum(part.amount for part in parts) == share.amount
        assert sum((part.exact for part in parts), Fraction()) == should.exact
        assert abs(share.rounding) < 1
        assert share.days == 31


async def test_each_member_gets_a_statement_of_its_shares(valley, move_clock):
    await _august(valley, move_clock)
    settlement = await valley.close()
    issued = await valley.statements(settlement)
    assert [one.number for one in issued] == [f"2026-08/{n:03}" for n in range(1, 5)]
    shares = await valley.shares(settlement)
    for statement in issued:
        own = [share for share in shares if share.statement_id == statement.id]
        assert {share.organization_id for share in own} == {statement.organization_id}
        assert statement.amount == sum(share.amount for share in own)
        per_head = statement.per_inhabitant
        assert per_head == Money(round(Fraction(statement.amount, statement.population)))


async def test_a_month_that_is_not_over_is_refused(valley, move_clock):
    await valley.enter(10_000)
    move_clock(datetime(2026, 8, 31, 21, 59, tzinfo=UTC))
    with pytest.raises(ConflictError, match="not over"):
        await valley.close()
    assert await _count(valley, Settlement) == 0
    move_clock(datetime(2026, 8, 31, 22, 1, tzinfo=UTC))
    await valley.close()


async def test_a_month_is_settled_once(valley, move_clock):
    await _august(valley, move_clock)
    await valley.close()
    with pytest.raises(ConflictError, match="settled already"):
        await valley.close()
    assert await _count(valley, Settlement) == 1


async def test_two_closings_at_once_make_one_settlement(valley, move_clock):
    await _august(valley, move_clock)
    results = await asyncio.gather(*(valley.close() for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(one, Settlement) for one in results) == 1
    assert sum(isinstance(one, ConflictError) for one in results) == 3
    assert await _count(valley, Settlement) == 1
    assert await _count(valley, Statement) == 4


async def test_the_same_request_again_answers_the_first_settlement(valley, move_clock):
    await _august(valley, move_clock)
    first = await valley.close(idempotency_key="close-august")
    again = await valley.close(idempotency_key="close-august")
    assert again.id == first.id


async def test_a_month_without_costs_is_refused(valley, move_clock):
    move_clock(IN_SEPTEMBER)
    with pytest.raises(ConflictError, match="No costs"):
        await valley.close()


async def test_an_unknown_population_is_refused_and_nothing_written(valley, move_clock):
    await _august(valley, move_clock)
    town = valley.towns[3]
    async with valley.host.unit_of_work(valley.everything()) as uow:
        await uow.session.execute(
            text(
                "update marketplace.membership set population = null where organization_id = :town"
            ),
            {"town": town.id},
        )
    with pytest.raises(InvalidInputError, match=town.name) as refused:
        await valley.close()
    assert refused.value.field == "population"
    for model in (Settlement, Share, Statement):
        assert await _count(valley, model) == 0
    assert not await ledger_balance(valley, "member_receivable")


async def test_costs_that_nobody_bears_are_refused(make_valley, move_clock, activate, host):
    valley = await make_valley()
    july = Period.month(2026, 7)
    await valley.enter(10_000, july)
    move_clock(IN_SEPTEMBER)
    with pytest.raises(ConflictError, match="nobody is left to bear") as refused:
        await valley.close(july)
    assert "«Canone»" in str(refused.value), "the cost is named"


@pytest.mark.parametrize("period", [Period(date(2026, 8, 1), date(2026, 8, 16)), Period.year(2025)])
async def test_only_a_calendar_month_can_be_closed(valley, period):
    with pytest.raises(InvalidInputError):
        await valley.close(period)


async def test_only_the_consortiums_office_closes(valley, move_clock, caller_for):
    await _august(valley, move_clock)
    town = await caller_for(valley.town_officer)
    for caller in (town, Caller()):
        with pytest.raises((ForbiddenError, Exception)) as refused:
            async with valley.host.unit_of_work(caller) as uow:
                await service.close(uow, valley.host, consortium_id=valley.id, period=AUGUST)
        assert refused.value.status in (401, 403)
    assert await _count(valley, Settlement) == 0
    office = await caller_for(valley.officer)
    async with valley.host.unit_of_work(office) as uow:
        made = await service.close(uow, valley.host, consortium_id=valley.id, period=AUGUST)
    assert made.closed_by == valley.officer.id


async def test_a_member_who_left_in_the_month_pays_by_its_days(valley, move_clock):
    leaver = valley.towns[1]
    move_clock(datetime(2026, 8, 11, 8, tzinfo=UTC))
    async with valley.host.unit_of_work(valley.everything()) as uow:
        await members.leave(uow, valley.host, consortium_id=valley.id, organization_id=leaver.id)
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    shares = await valley.shares(await valley.close())
    assert sum(share.amount for share in shares) == 100_000
    days = {share.organization_id: share.days for share in shares}
    assert days == {town.id: 31 for town in valley.towns} | {leaver.id: 10}


async def test_another_member_reads_no_share_and_no_statement(valley, move_clock):
    await _august(valley, move_clock)
    settlement = await valley.close()
    town, other = valley.towns[0].id, valley.towns[1].id
    async with valley.host.unit_of_work(Caller.program([town]), read_only=True) as uow:
        for model in (Share, Statement):
            seen = (await uow.session.execute(select(model.organization_id))).scalars().all()
            assert set(seen) == {town}
    foreign = next(
        one for one in await valley.statements(settlement) if one.organization_id == other
    )
    async with valley.host.unit_of_work(Caller.program([town]), read_only=True) as uow:
        with pytest.raises(NotFoundError):
            await statement_service.statement_of(uow, foreign.id)


async def test_a_settlement_cannot_be_changed(valley, move_clock):
    await _august(valley, move_clock)
    await valley.close()
    for table in ("settlement", "settled_offer", "settled_line", "share", "statement"):
        for verb in (f"update marketplace.{table} set id = id", f"delete from marketplace.{table}"):
            with pytest.raises(Exception, match=r"permission denied|append-only"):
                async with valley.host.unit_of_work(valley.everything()) as uow:
                    await uow.session.execute(text(verb))


async def test_a_reversal_takes_everything_back_and_the_month_can_be_closed_anew(
    valley, move_clock
):
    await _august(valley, move_clock)
    first = await valley.close()
    accounts = ("member_receivable", "costs_payable", "fees_income", "funding")
    balances = [await ledger_balance(valley, account) for account in accounts]
    assert balances == [71_334, -103_334, 2_000, 30_000]
    reversal = await valley.reverse(first, "Invoice 7 was wrong")
    assert (reversal.net, reversal.reason) == (-71_334, "Invoice 7 was wrong")
    assert sum(share.amount for share in await valley.shares(reversal)) == -71_334
    for account in accounts:
        assert await ledger_balance(valley, account) == 0

    await valley.enter(-1, description="Nota di credito")
    second = await valley.close()
    assert (second.revision, second.net) == (3, 71_333)
    assert sum(share.amount for share in await valley.shares(second)) == 71_333
    assert await ledger_balance(valley, "member_receivable") == 71_333
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        listed = await repository.page(uow.session, valley.id)
    assert [one.id for one in listed] == [second.id, reversal.id, first.id]
    numbers = {one.number for s in listed for one in await valley.statements(s)}
    assert len(numbers) == 12


async def test_a_settlement_is_reversed_once_and_a_reversal_never(valley, move_clock):
    await _august(valley, move_clock)
    first = await valley.close()
    reversal = await valley.reverse(first)
    for settlement in (first, reversal):
        with pytest.raises(ConflictError):
            await valley.reverse(settlement)
    second = await valley.close()
    with pytest.raises(InvalidInputError):
        await valley.reverse(second, "  ")
    assert await _count(valley, Settlement) == 3


async def test_costs_of_a_settled_month_wait_for_its_reversal(valley, move_clock):
    await _august(valley, move_clock)
    settlement = await valley.close()
    with pytest.raises(ConflictError, match="is settled"):
        await valley.enter(5_000)
    await valley.reverse(settlement)
    await valley.enter(5_000)


async def test_the_members_are_told_and_an_event_is_recorded(
    valley, move_clock, run_jobs, mailbox, caller_for
):
    await _august(valley, move_clock)
    settlement = await valley.close()
    await run_jobs()
    (mail,) = mailbox.to(valley.town_officer.email)
    own = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    assert own.number in mail["subject"]
    assert f"/office/statements/{own.id}" in mail["text"]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        named = await uow.session.execute(
            text("select payload from core.outbox_event where aggregate_id = :id and name = :name"),
            {"id": settlement.id, "name": SettlementClosed.name},
        )
        assert [row["starts_on"] for row in named.scalars()] == ["2026-08-01"]


async def test_the_preview_is_what_closing_gives(valley, move_clock):
    await _august(valley, move_clock)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        draft = await service.preview(uow, valley.host, consortium_id=valley.id, period=AUGUST)
    assert draft.problems == ()
    settlement = await valley.close()
    assert draft.net == Money(settlement.net)
    for statement in await valley.statements(settlement):
        assert draft.amount_of(statement.organization_id) == Money(statement.amount)


async def test_the_preview_names_every_reason_why_not(valley, move_clock):
    move_clock(IN_OCTOBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        draft = await service.preview(
            uow, valley.host, consortium_id=valley.id, period=SEPTEMBER.next()
        )
    assert ["not over" in str(one) or "No costs" in str(one) for one in draft.problems] == [
        True,
        True,
    ]
    assert [book.title for book in draft.unrecorded] == ["Bell"]


async def ledger_balance(valley, account):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return (await ledger.balance(uow, valley.id, account)).amount


async def _count(valley, model):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        statement = select(func.count()).where(model.consortium_id == valley.id)
        return await uow.session.scalar(statement)
