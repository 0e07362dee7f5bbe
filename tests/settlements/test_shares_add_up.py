"""Property, through the database: shares add up to the pool, whatever the rule and the month."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arengo_core.money import Money
from arengo_marketplace.costs.period import Period
from arengo_marketplace.ledger import repository as ledger
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements.components import read_component
from tests.settlements.valley import STROKES, reading

LATER = datetime(2090, 1, 1, tzinfo=UTC)
lines = st.lists(
    st.tuples(
        st.sampled_from(list(LineKind)), st.integers(1, 10**7), st.sampled_from([1, 1, 1, -1])
    ),
    min_size=1,
    max_size=5,
)
weights = st.lists(st.integers(0, 100), min_size=2, max_size=2).map(sorted)
uses = st.lists(st.decimals(0, 10**4, places=3), min_size=4, max_size=4)


def _rule(cuts: list[int]) -> dict[str, object]:
    equal, population, usage = cuts[0], cuts[1] - cuts[0], 100 - cuts[1]
    parts = [
        {"key": "equal", "weight": str(equal)},
        {"key": "population", "weight": str(population)},
        {"key": "usage", "weight": str(usage), "meter": STROKES},
    ]
    return {"parts": [part for part in parts if part["weight"] != "0"]}


async def test_shares_add_up(make_valley, move_clock):
    valley = await make_valley()
    move_clock(LATER)
    months = count()

    loop = asyncio.get_running_loop()

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(entered=lines, cuts=weights, used=uses)
    def holds(entered, cuts, used):
        month = Period.month(2027 + (n := next(months)) // 12, n % 12 + 1)
        check = _check(valley, month, entered, _rule(cuts), used)
        asyncio.run_coroutine_threadsafe(check, loop).result()

    await asyncio.to_thread(holds)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        turnover = await ledger.turnover(uow.session, valley.id)
    assert sum(debits for debits, _ in turnover.values()) == sum(
        credits for _, credits in turnover.values()
    )


async def _check(valley, month, entered, rule, used):
    await valley.divide_by(rule, month)
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.add(
            uow,
            consortium_id=valley.id,
            lines=[
                LineData(
                    valley.offer.id,
                    month.start,
                    kind,
                    "Line",
                    Money(amount * (sign if kind.is_cost else 1)),
                )
                for kind, amount, sign in entered
            ],
        )
    readings = [
        reading(town.id, units, month.start.replace(day=9))
        for town, units in zip(valley.towns, used, strict=True)
        if units
    ]
    if readings:
        await valley.report(readings)
    settlement = await valley.close(month, notify=False)
    shares = await valley.shares(settlement)
    assert sum(share.amount for share in shares) == settlement.net
    assert settlement.net == sum(
        amount * sign if kind.is_cost else -amount for kind, amount, sign in entered
    )
    for share in shares:
        parts = [read_component(document) for document in share.components]
        assert sum(part.amount for part in parts) == share.amount
        exact = sum(part.exact for part in parts)
        assert abs(share.amount - exact) < 1
        assert abs(Decimal(share.rounding) - Decimal(float(share.amount - exact))) < Decimal("1e-4")
    statements = await valley.statements(settlement)
    assert sum(one.amount for one in statements) == settlement.net
