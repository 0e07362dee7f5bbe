"""A month that is to be closed, as the office looks at it first: beside the last, with warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import repository as members
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.settlements.assembly import Draft
from arengo_marketplace.settlements.comparison import Comparison
from arengo_marketplace.settlements.warnings import CHANGE, ClosingWarning, Seen, warnings_of
from arengo_marketplace.titles import meter_title


async def warnings(
    uow: UnitOfWork,
    host: Host,
    draft: Draft,
    comparison: Comparison | None,
    change: int = CHANGE,
) -> list[ClosingWarning]:
    """What to look at before a month is closed, for who has its draft."""
    async with uow.widened([draft.consortium_id], [draft.consortium_id]):
        seen = await _seen(uow, host, draft)
    return warnings_of(draft, comparison, seen, change)


async def _seen(uow: UnitOfWork, host: Host, draft: Draft) -> Seen:
    consortium_id, period = draft.consortium_id, draft.period
    registry = host.registry
    meters = sorted(registry.meters())
    now, before = [
        await metering.of_period(uow.session, consortium_id, month, meters)
        for month in (period, period.previous())
    ]
    late = await metering.late(uow.session, consortium_id, period)
    return Seen(
        [(meter_title(registry, one), _sum(now[one]), _sum(before[one])) for one in meters],
        [(meter_title(registry, one), units) for one, units in sorted(late.items())],
        await _populations(uow, consortium_id, period),
    )


async def _populations(
    uow: UnitOfWork, consortium_id: UUID, period: Period
) -> Sequence[tuple[UUID, str, date]]:
    rows = await members.members_during(
        uow.session,
        consortium_id,
        period.start,
        period.end,
        OrganizationKind.MUNICIPALITY.value,
    )
    found = {
        town.id: (town.id, town.name, membership.population_on)
        for membership, town in rows
        if membership.population_on is not None
    }
    return sorted(found.values(), key=lambda one: (one[1], one[0]))


def _sum(read: Mapping[UUID, Decimal]) -> Decimal:
    return sum(read.values(), Decimal())
