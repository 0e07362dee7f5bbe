"""Cost rules by month: who may change one, which divides what, and previews that cross a change."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError
from arengo_core.ids import new_id
from arengo_marketplace.activations.preview import preview
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import rules
from arengo_marketplace.offers import service as offers
from tests.settlements.valley import IN_OCTOBER, IN_SEPTEMBER, PLAN, RULE, SEPTEMBER

EQUAL = {"parts": [{"key": "equal", "weight": "100"}]}
BY_HEADS = {"parts": [{"key": "population", "weight": "100"}]}


async def _change(valley, rule, **more):
    async with valley.host.unit_of_work(valley.office) as uow:
        return await offers.change(
            uow,
            valley.host,
            offer_id=valley.offer.id,
            price_plan=PLAN.to_json(),
            cost_rule=rule,
            **more,
        )


async def _offer(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await offers.offer_of(uow, valley.offer.id)


async def test_the_rule_of_members_who_bear_the_cost_is_not_changed_by_the_office(valley):
    with pytest.raises(ConflictError) as refused:
        await _change(valley, EQUAL)
    assert refused.value.field == "cost_rule"
    with pytest.raises(ConflictError) as refused:
        await _change(valley, RULE.to_json(), cost_bearers="merchants")
    assert refused.value.field == "cost_bearers"
    same = await _change(valley, RULE.to_json(), note="Only the note changes.")
    assert same.note == "Only the note changes."
    assert [version.rule for version in (await _offer(valley)).rule_rows] == [RULE.to_json()]


async def test_before_anybody_joined_the_office_mends_it(host, make_consortium, make_offer):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL)
    async with host.unit_of_work(Caller.program([made.id], [made.id])) as uow:
        await offers.change(
            uow, host, offer_id=offer.id, price_plan=offer.price_plan, cost_rule=BY_HEADS
        )
    async with host.unit_of_work(Caller.program([made.id], [made.id]), read_only=True) as uow:
        mended = await offers.offer_of(uow, offer.id)
    assert len(mended.rule_rows) == 2
    [held] = mended.rules
    assert mended.cost_rule == held.rule == CostRule.from_json(BY_HEADS).to_json()


async def test_each_month_is_divided_by_the_rule_that_held_in_it(valley, move_clock):
    await valley.enter(10_000)
    await valley.enter(10_000, SEPTEMBER)
    await valley.divide_by(EQUAL, SEPTEMBER)
    move_clock(IN_OCTOBER)
    august, september = await valley.close(), await valley.close(SEPTEMBER)
    by_september = {share.amount for share in await valley.shares(september)}
    assert by_september == {2_500}
    assert {share.amount for share in await valley.shares(august)} != by_september


async def test_a_year_ahead_crosses_from_one_rule_to_the_next(valley, move_clock):
    move_clock(IN_SEPTEMBER)
    october, november = Period.month(2026, 10), Period.month(2026, 11)
    await valley.divide_by(EQUAL, november)
    span = Period(october.start, november.end)
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        seen = await preview(
            uow,
            valley.host,
            offer_id=valley.offer.id,
            member_id=valley.towns[0].id,
            leaving=True,
            period=span,
        )
    first, second = seen.figures.today.months
    assert len({share.amount for share in second.shares}) <= 2, "to the cent"
    assert len({share.amount for share in first.shares}) > 2


async def test_a_voted_rule_never_reaches_a_month_that_has_begun(valley, move_clock):
    move_clock(IN_SEPTEMBER)
    async with valley.host.unit_of_work(valley.office) as uow:
        offer = await offers.offer_of(uow, valley.offer.id)
        version = await rules.adopt(
            uow,
            offer,
            CostRule.from_json(EQUAL),
            valid_from=date(2026, 8, 1),
            vote_id=new_id(),
        )
    assert version.valid_from == date(2026, 10, 1)
    now = await _offer(valley)
    assert now.rule_version_at(date(2026, 9, 30)).rule == RULE.to_json()
    assert now.rule_version_at(date(2026, 10, 1)).id == version.id


async def test_the_database_keeps_every_rule_as_it_was(valley):
    for statement in (
        "update marketplace.cost_rule_version set rule = '{}'",
        "delete from marketplace.cost_rule_version",
    ):
        with pytest.raises(DBAPIError):
            async with valley.host.unit_of_work(valley.office) as uow:
                await uow.session.execute(text(statement))
