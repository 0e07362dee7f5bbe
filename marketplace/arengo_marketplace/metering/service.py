"""Rules of metering: what plugins report is stored once, and counts for whom it should."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.models import Membership
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.counting import (
    SMALLEST,
    Counted,
    check,
    counting_day,
    day_of,
    membership_of,
)
from arengo_marketplace.metering.digests import plugin_key
from arengo_marketplace.metering.intake import Intake
from arengo_marketplace.settlements import repository as settlements


async def report(uow: UnitOfWork, host: Host, readings: Sequence[UsageReading]) -> int:
    """Store readings in the caller's transaction; how many were new.

    A merchant's reading counts for its seat's municipality too. InvalidInputError for a meter
    that no installed service reports, an organization that is no member, a quantity that is
    none, or a key that is missing or too long; nothing is stored then.
    """
    meters = host.registry.meters()
    for reading in readings:
        check(reading.meter, reading.quantity, reading.key, reading.occurred_at, meters)
    members = {reading.organization_id for reading in readings}
    if not members:
        return 0
    async with uow.widened(members):
        memberships = await repository.memberships(uow.session, members)
    placed = [_placed(reading, memberships) for reading in readings]
    consortia = {membership.consortium_id for _, _, membership in placed}
    seats = {membership.seat_id for _, _, membership in placed if membership.seat_id is not None}
    async with uow.widened(members | seats | consortia):
        await settlements.keep_books_open(uow.session, consortia)
        settled = {
            consortium: await settlements.settled_months(uow.session, consortium)
            for consortium in consortia
        }
        counted = [
            Counted(
                plugin_key(reading.organization_id, reading.meter, reading.key),
                reading.organization_id,
                reading.meter,
                reading.quantity,
                reading.occurred_at,
                membership.consortium_id,
                membership.seat_id,
                counting_day(day, settled[membership.consortium_id]),
            )
            for reading, day, membership in placed
        ]
        intake = Intake(uow)
        new = await intake.take(list({one.digest: one for one in counted}.values()))
        await intake.finish()
    return len(new)


def _placed(
    reading: UsageReading, memberships: Mapping[UUID, Sequence[Membership]]
) -> tuple[UsageReading, date, Membership]:
    day = day_of(reading.occurred_at)
    return reading, day, membership_of(reading.organization_id, day, memberships)


async def fold(uow: UnitOfWork, *, limit: int = 500) -> int:
    """Fold what was added to waiting days into them; how many rows of the queue that took."""
    days = await repository.take_unfolded(uow.session, limit)
    if days:
        await uow.widen({member for member, _ in days})
        await repository.fold(uow.session, days)
    return len(days)


async def make_months_ahead(uow: UnitOfWork, *, count: int = 4) -> None:
    """See that the months to come have partitions."""
    await repository.make_months(uow.session, clock.today(), count)


async def average_month(
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    organization_ids: Collection[UUID],
    months: int = 3,
) -> dict[str, dict[UUID, Decimal]]:
    """What members used in a month, by meter: the mean of the last whole months.

    For forecasts. The caller's service has checked that it may know them.
    """
    this = Period.months_from(clock.today(), 1)
    first = this
    for _ in range(months):
        first = first.previous()
    span = Period(first.start, this.start)
    async with uow.widened(organization_ids, [consortium_id]):
        rows = await repository.by_month(uow.session, organization_ids, span)
    sums: dict[str, dict[UUID, Decimal]] = {}
    for member, meter, _, quantity in rows:
        units = sums.setdefault(meter, {})
        units[member] = units.get(member, Decimal()) + quantity
    return {
        meter: {member: (units / months).quantize(SMALLEST) for member, units in by_member.items()}
        for meter, by_member in sums.items()
    }
