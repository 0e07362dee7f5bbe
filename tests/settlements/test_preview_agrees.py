"""What a municipality was shown before it confirmed is what it pays, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from arengo_core.caller import Caller
from arengo_core.money import Money
from arengo_marketplace.activations import preview as activation_preview
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.pools import planned
from tests.settlements.valley import OPENING, PLAN, SEPTEMBER, Valley, reading
from tests.settlements.valley import RULE as MIX

RULE = MIX.to_json()
FEES = [{"meter": "bell.strokes", "label": "Rintocco", "rate": "0.13"}]
PLAYED = {
    "parts": [
        {"key": "shapley", "weight": "50"},
        {"key": "area", "weight": "50"},
    ],
    "kinds": {"usage": [{"key": "usage", "meter": "bell.strokes", "weight": "100"}]},
    "caps": [{"per_inhabitant": "1", "every": "month"}],
}


GRANT = FundingData("Bando", Decimal("33.3"), Money(1_999), Period.year(2026))


@pytest.mark.parametrize(
    ("strokes", "fees", "rule"),
    [
        *((strokes, fees, RULE) for strokes in ("0", "1", "37.5", "1234") for fees in ([], FEES)),
        ("37.5", FEES, PLAYED),
    ],
)
async def test_forecast_use_and_settlement_give_the_same_shares(
    host, make_consortium, make_offer, activate, move_clock, strokes, fees, rule
):
    move_clock(OPENING)
    made = await make_consortium(starts_on=OPENING.date())
    offer = await make_offer(made.id, "bell", price_plan=PLAN.to_json(), cost_rule=rule, fees=fees)
    *others, joining = made.municipalities
    stated = {town.id: Decimal(units) for town, units in zip(others, (3, 250, 41), strict=True)}
    for town in others:
        await activate(town.id, offer, forecast={"bell.strokes": str(stated[town.id])})

    async with host.unit_of_work(Caller.program([made.id], [made.id])) as uow:
        await funding.create(uow, consortium_id=made.id, data=GRANT)

    move_clock(datetime(2026, 9, 1, 6, tzinfo=UTC))
    officer = Caller.program([joining.id])
    async with host.unit_of_work(officer, read_only=True) as uow:
        shown = await activation_preview.preview(
            uow,
            host,
            offer_id=offer.id,
            member_id=joining.id,
            forecast={"bell.strokes": strokes},
        )
    assert shown.period == Period.months_from(SEPTEMBER.start, 12)
    await activate(joining.id, offer, forecast={"bell.strokes": strokes})
    stated[joining.id] = Decimal(strokes)

    valley = Valley(host, made.id, made.municipalities, offer, made.officer, made.lead_officer)
    await valley.report(
        [
            reading(town, units, on=SEPTEMBER.start.replace(day=20))
            for town, units in stated.items()
            if units
        ]
    )
    move_clock(datetime(2026, 10, 1, 6, tzinfo=UTC))
    async with host.unit_of_work(valley.office) as uow:
        filled = await planned.fill_in(uow, consortium_id=valley.id, month=SEPTEMBER)
    assert filled.lines
    settlement = await valley.close(SEPTEMBER)

    promised = shown.figures.afterwards.months[0]
    assert settlement.net == promised.pool.net.amount
    paid = {share.organization_id: share.amount for share in await valley.shares(settlement)}
    assert paid == {share.bearer.organization_id: share.amount.amount for share in promised.shares}
