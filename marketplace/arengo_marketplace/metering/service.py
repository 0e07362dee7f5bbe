"""Rules of metering: what plugins report is stored once, and counts for whom it should."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.clock import ROME
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.models import Membership
from arengo_marketplace.metering import repository
from arengo_marketplace.settlements import repository as settlements

KEY_LIMIT = 200
_LARGEST = Decimal(10) ** 13
_SMALLEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reading counts."""

    consortium_id: UUID
    seat_id: UUID | None


async def report(uow: UnitOfWork, host: Host, readings: Sequence[UsageReading]) -> int:
    """Store readings in the caller's transaction; how many were new.

    A merchant's reading counts for its seat's municipality too. InvalidInputError for a meter
    that no installed service reports, an organization that is no member, a quantity that is
    none, or a key that is missing or too long; nothing is stored then.
    """
    meters = host.registry.meters()
    for reading in readings:
        _check(reading, meters)
    unique = {_digest(reading): reading for reading in readings}
    if not unique:
        return 0
    members = {reading.organization_id for reading in readings}
    async with uow.widened(members):
        memberships = await repository.memberships(uow.session, members)
    places = {digest: _place(reading, memberships) for digest, reading in unique.items()}
    consortia = {place.consortium_id for place in places.values()}
    seats = {place.seat_id for place in places.values() if place.seat_id is not None}
    async with uow.widened(members | seats | consortia):
        await settlements.keep_books_open(uow.session, consortia)
        new = await repository.claim(uow.session, unique)
        if new:
            settled = {
                consortium: await settlements.settled_months(uow.session, consortium)
                for consortium in consortia
            }
            rows = [
                row
                for digest in unique
                if digest in new
                for row in _rows(unique[digest], places[digest], settled)
            ]
            await repository.store(uow.session, rows)
    return len(new)


def _check(reading: UsageReading, meters: Collection[str]) -> None:
    if reading.meter not in meters:
        raise InvalidInputError(
            "There is no meter {meter}. Known are: {known}.",
            field="meter",
            meter=reading.meter,
            known=", ".join(sorted(meters)) or "—",
        )
    quantity = reading.quantity
    if (
        not quantity.is_finite()
        or not quantity
        or abs(quantity) >= _LARGEST
        or quantity % _SMALLEST
    ):
        raise InvalidInputError(
            "{quantity} cannot be counted: a number other than 0 with at most 6 decimals is"
            " expected.",
            field="quantity",
            quantity=quantity,
        )
    if not 1 <= len(reading.key) <= KEY_LIMIT:
        raise InvalidInputError(
            "A reading's key has 1 to {limit} characters.", field="key", limit=KEY_LIMIT
        )
    if reading.occurred_at.tzinfo is None:
        raise InvalidInputError(
            "{instant} has no time zone: give it with one.",
            field="occurred_at",
            instant=reading.occurred_at.isoformat(),
        )


def _digest(reading: UsageReading) -> bytes:
    text = f"{reading.organization_id}\n{reading.meter}\n{reading.key}"
    return sha256(text.encode()).digest()


def _place(reading: UsageReading, memberships: Mapping[UUID, Sequence[Membership]]) -> _Place:
    """The membership of the day, or the nearest one there was."""
    found = memberships.get(reading.organization_id)
    if not found:
        raise InvalidInputError(
            "The organization {organization} is not a member: its usage counts for nobody.",
            field="organization_id",
            organization=reading.organization_id,
        )
    day = _day(reading.occurred_at)
    fitting = [
        membership
        for membership in found
        if membership.starts_on <= day and (membership.ends_on is None or day < membership.ends_on)
    ]
    chosen = (fitting or found)[0]
    return _Place(chosen.consortium_id, chosen.seat_id)


def _day(instant: datetime) -> date:
    return instant.astimezone(ROME).date()


def counting_day(day: date, settled: Collection[date]) -> date:
    """The day on which something of a day counts: later, where its month is settled.

    ``settled`` holds the first days of settled months.
    """
    month = Period.months_from(day, 1)
    if month.start not in settled:
        return day
    while month.start in settled:
        month = month.next()
    return month.start


def _rows(
    reading: UsageReading, place: _Place, settled: Mapping[UUID, Collection[date]]
) -> Iterable[dict[str, Any]]:
    row = {
        "organization_id": reading.organization_id,
        "consortium_id": place.consortium_id,
        "counted_on": counting_day(_day(reading.occurred_at), settled[place.consortium_id]),
        "meter": reading.meter,
        "quantity": reading.quantity,
        "occurred_at": reading.occurred_at,
        "through_seat": False,
    }
    yield row
    if place.seat_id is not None:
        yield {**row, "organization_id": place.seat_id, "through_seat": True}


async def fold(uow: UnitOfWork, *, limit: int = 5000) -> int:
    """Fold waiting days into the rollup; how many rows of the queue that took."""
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
        meter: {member: (units / months).quantize(_SMALLEST) for member, units in by_member.items()}
        for meter, by_member in sums.items()
    }
