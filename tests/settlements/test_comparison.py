"""A month beside the last one closed: differences, their causes, and how evenly it lies."""

from __future__ import annotations

from decimal import Decimal

from arengo_marketplace.costs.change_causes import Cause
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import comparison, service
from tests.settlements.valley import AUGUST, IN_OCTOBER, SEPTEMBER


async def two_months(valley, move_clock):
    """August settled, September entered: dearer, with usage, less a fee."""
    await valley.enter(40_000)
    move_clock(IN_OCTOBER)
    august = await valley.close(AUGUST)
    await valley.enter(45_001, SEPTEMBER)
    await valley.enter(7_000, SEPTEMBER, kind=LineKind.USAGE, description="Rintocchi")
    await valley.enter(1_000, SEPTEMBER, kind=LineKind.FEE, description="Incassi")
    return august


async def test_the_difference_from_the_last_month_is_told_by_cause_to_the_cent(valley, move_clock):
    august = await two_months(valley, move_clock)
    async with valley.host.unit_of_work(valley.office) as uow:
        draft = await service.preview(uow, valley.host, consortium_id=valley.id, period=SEPTEMBER)
        found = await comparison.beside_last(uow, valley.host, draft)
        first = await comparison.beside_last(uow, valley.host, august)
    assert first is None
    assert found is not None
    assert found.last.id == august.id
    whole = found.compared.whole
    assert (whole.before, whole.now, whole.amount) == (40_000, 51_001, 11_001)
    assert whole.per_cent == Decimal("27.5")
    assert found.compared.causes == {Cause.USAGE: 7_000, Cause.FIXED: 5_001, Cause.FEES: -1_000}
    for member in found.compared.members.values():
        assert sum(member.causes.values()) == member.whole.amount
        assert member.whole.now == draft.amount_of(member.organization_id).amount
