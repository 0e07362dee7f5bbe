"""The preview: what a member will pay, and what it changes for every other one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ForbiddenError, InvalidInputError
from arengo_core.money import Money, total
from arengo_marketplace.activations import service
from arengo_marketplace.activations.preview import preview, year_ahead
from arengo_marketplace.contract import Marketplace, UsageReading
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.members import service as members

EQUAL = {"parts": [{"key": "equal", "weight": 100}]}
BY_PEOPLE = {"parts": [{"key": "population", "weight": 100}]}


async def _preview(host, offer, member_id, caller=None, **arguments):
    caller = caller or Caller.program([member_id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await preview(uow, host, offer_id=offer.id, member_id=member_id, **arguments)


def test_the_year_ahead_is_twelve_whole_months():
    assert year_ahead(date(2026, 11, 22)) == Period(date(2026, 12, 1), date(2027, 12, 1))
    assert year_ahead(date(2026, 11, 1)) == Period(date(2026, 11, 1), date(2027, 11, 1))


async def test_shares_by_inhabitants_before_and_after(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    first, second = made.municipalities[:2]
    offer = await make_offer(made.id, "bell", cost_rule=BY_PEOPLE)
    alone = await _preview(host, offer, first.id)
    assert alone.own is not None
    assert (alone.own.today, alone.own.afterwards) == (Money(0), Money(120_000))
    assert alone.others == []

    await activate(first.id, offer)
    both = await _preview(host, offer, second.id)
    population = {change.bearer.name: change.bearer.population for change in both.figures.changes}
    whole = sum(population.values())
    assert both.own is not None
    expected = Decimal(120_000) * population["Caspoggio"] / whole
    assert abs(both.own.afterwards.amount - expected) < 12
    [other] = both.others
    assert other.today == Money(120_000)
    assert other.afterwards + both.own.afterwards == Money(120_000)
    assert both.per_inhabitant == Money(
        round(Decimal(both.own.afterwards.amount) / population["Caspoggio"])
    )


async def test_expected_use_decides_and_belongs_to_the_preview_alone(
    host, make_consortium, make_offer, activate
):
    made = await make_consortium()
    plan = {"charges": [{"type": "unit", "label": "x", "meter": "bell.strokes", "rate": "0.50"}]}
    rule = {"parts": [{"key": "usage", "weight": 100, "meter": "bell.strokes"}]}
    offer = await make_offer(made.id, "bell", price_plan=plan, cost_rule=rule)
    activation = await activate(made.municipalities[1].id, offer, forecast={"bell.strokes": "100"})
    shown = await _preview(host, offer, made.lead.id, forecast={"bell.strokes": "40"})
    assert shown.own is not None
    assert shown.own.afterwards == Money(40 * 50 * 12)
    assert shown.others[0].afterwards == Money(100 * 50 * 12)
    more = await _preview(host, offer, made.lead.id, forecast={"bell.strokes": "80"})
    assert more.own is not None
    assert more.own.afterwards == Money(80 * 50 * 12)
    assert activation.forecast == {"bell.strokes": "100"}
    with pytest.raises(InvalidInputError) as refused:
        await _preview(host, offer, made.lead.id, forecast={"bell.strokes": "-1"})
    assert refused.value.field == "bell.strokes"


async def test_what_is_to_be_expected_is_what_its_like_expect_of_this_service(
    host, make_consortium, make_offer, activate
):
    """Whatever else the member has used of late."""
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL)
    await activate(made.municipalities[1].id, offer, forecast={"bell.strokes": "30"})
    await activate(made.municipalities[2].id, offer, forecast={"bell.strokes": "10"})
    other = await make_offer(made.id, "communications")
    await activate(made.lead.id, other)
    last_month = clock.now().replace(day=1) - timedelta(days=3)
    async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
        sent = UsageReading("messages.sent", made.lead.id, Decimal(6), last_month, f"m-{offer.id}")
        await host.continuing(uow, Marketplace).report_usage([sent])
    assert (await _preview(host, offer, made.lead.id)).forecast == {"bell.strokes": Decimal(20)}
    own = await _preview(host, offer, made.lead.id, forecast={"bell.strokes": "7"})
    assert own.forecast == {"bell.strokes": Decimal(7)}


async def test_fees_lower_what_is_divided(host, make_consortium, make_offer):
    made = await make_consortium()
    offer = await make_offer(
        made.id,
        "bell",
        cost_rule=EQUAL,
        fees=[{"meter": "bell.strokes", "label": "Stroke", "rate": "0.10"}],
    )
    shown = await _preview(host, offer, made.lead.id, forecast={"bell.strokes": "100"})
    assert shown.own is not None
    assert shown.own.afterwards == Money(120_000 - 12 * 1000)


async def test_leaving_shows_what_the_others_then_pay(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    plan = PricePlan.yearly("Canone", 144_000).to_json()
    offer = await make_offer(made.id, "bell", price_plan=plan, cost_rule=EQUAL)
    for town in made.municipalities[:3]:
        await activate(town.id, offer)
    shown = await _preview(host, offer, made.lead.id, leaving=True)
    assert shown.own is not None
    assert shown.own.today == Money(48_000)
    assert shown.own.afterwards == Money(0)
    assert [change.afterwards for change in shown.others] == [Money(72_000)] * 2


async def test_what_was_previewed_is_what_the_months_then_cost(
    host, make_consortium, make_offer, activate
):
    made = await make_consortium()
    offer = await make_offer(
        made.id,
        "bell",
        price_plan=PricePlan.yearly("Canone", 100_001).to_json(),
        cost_rule={"parts": [{"key": "equal", "weight": 41}, {"key": "population", "weight": 59}]},
    )
    await activate(made.municipalities[1].id, offer)
    before = await _preview(host, offer, made.lead.id)
    await activate(made.lead.id, offer)
    after = await _preview(host, offer, made.lead.id, leaving=True)
    assert after.figures.today.shares() == before.figures.afterwards.shares()
    assert total(after.figures.today.shares().values()) == after.figures.today.cost


async def test_a_merchant_bears_nothing_of_what_municipalities_pay(
    host, make_consortium, make_merchant, make_offer, activate
):
    made = await make_consortium()
    shop = await make_merchant(made.id, made.lead.id)
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL)
    await activate(made.lead.id, offer)
    shown = await _preview(host, offer, shop.id, forecast={"bell.strokes": "9"})
    assert shown.own is None
    assert [change.difference for change in shown.others] == [Money(0)]


async def test_merchants_bear_what_is_offered_to_them(
    host, make_consortium, make_merchant, make_offer, activate
):
    made = await make_consortium()
    shops = [await make_merchant(made.id, made.lead.id) for _ in range(2)]
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL, cost_bearers="merchants")
    await activate(shops[0].id, offer)
    shown = await _preview(host, offer, shops[1].id)
    assert shown.own is not None
    assert shown.own.afterwards == Money(60_000)
    assert shown.own.per_inhabitant_afterwards is None


async def test_only_the_member_and_the_office_may_ask(
    host, make_consortium, make_municipality, make_offer, caller_for
):
    made = await make_consortium(("014019",))
    other = await make_municipality(made.id, "014036")
    offer = await make_offer(made.id, "bell")
    await _preview(host, offer, other.id, caller=await caller_for(made.officer))
    with pytest.raises(ForbiddenError):
        await _preview(host, offer, made.lead.id, caller=await caller_for(other.person))


async def test_an_unknown_population_is_named(host, make_consortium, make_offer):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", cost_rule=BY_PEOPLE)
    async with host.unit_of_work(Caller.program([made.id, made.lead.id])) as uow:
        membership = await members.set_population(
            uow, consortium_id=made.id, organization_id=made.lead.id, population=0
        )
        membership.population = None
    with pytest.raises(InvalidInputError, match="Chiesa in Valmalenco"):
        await _preview(host, offer, made.lead.id)


async def test_a_suspended_member_bears_no_share(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL)
    paused = await activate(made.municipalities[1].id, offer)
    async with host.unit_of_work(Caller.program([made.id, paused.organization_id])) as uow:
        await service.suspend(uow, host, activation_id=paused.id, why="Unpaid")
    shown = await _preview(host, offer, made.lead.id)
    assert shown.own is not None
    assert shown.own.afterwards == Money(120_000)
