"""Taking readings in: each once, with its batch's digest and what it adds to its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.ids import new_id
from arengo_marketplace.metering.counting import Counted
from arengo_marketplace.metering.digests import (
    RowsDigest,
    canonical_row,
    instant_text,
    place_text,
    units_text,
)
from arengo_marketplace.metering.models import UsageBatch
from arengo_marketplace.metering.repository import writing


@dataclass(slots=True)
class _Batch:
    """Records that count in a month: the digest of those written, the rows of those to be."""

    id: UUID = field(default_factory=new_id)
    digest: RowsDigest = field(default_factory=RowsDigest)
    rows: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class _Sum:
    """What comes to a member's meter and day; ``text`` and ``place`` say where as rows do."""

    where: tuple[UUID, UUID, str, date, bool]
    text: str
    place: writing.Place
    batch: _Batch
    quantity: Decimal = Decimal()
    records: int = 0


class Intake:
    """What one transaction takes in: any number of :meth:`take`, then :meth:`finish` once.

    Its transaction reaches the members, seats and consortia concerned.
    """

    def __init__(self, uow: UnitOfWork, source: str = "") -> None:
        self._uow = uow
        self._source = source
        self._at = clock.now()
        # Ids count up from one that is new, so that their order is that of the readings.
        self._next = new_id().int
        self._batches: dict[tuple[UUID, date], _Batch] = {}
        self._sums: dict[tuple[int, str, date, int, bool], _Sum] = {}

    async def take(self, readings: Sequence[Counted]) -> set[bytes]:
        """Store readings of different keys; the digests of those that were new."""
        numbers = range(self._next, self._next + 2 * len(readings), 2)
        self._next = numbers.stop
        ids = [f"{number:032x}" for number in numbers]
        new = await writing.claim(
            self._uow.session,
            [one.digest for one in readings],
            ids,
            [one.counted_on for one in readings],
        )
        rows = writing.Records()
        for number, record_id, one in zip(numbers, ids, readings, strict=True):
            if one.digest in new:
                self._add(rows, record_id, one, one.organization_id, False)
                if one.seat_id is not None:
                    self._add(rows, f"{number + 1:032x}", one, one.seat_id, True)
        for batch in self._batches.values():
            batch.digest.add(batch.rows)
            batch.rows = []
        if rows.ids:
            await writing.store(self._uow.session, self._at, rows)
        return new

    def _add(
        self,
        rows: writing.Records,
        record_id: str,
        one: Counted,
        organization_id: UUID,
        through_seat: bool,
    ) -> None:
        to = self._sum_of(one, organization_id, through_seat)
        to.quantity += one.quantity
        to.records += 1
        units, instant = units_text(one.quantity), instant_text(one.occurred_at)
        to.batch.rows.append(canonical_row(record_id, to.text, units, instant))
        rows.places.append(to.place)
        rows.ids.append(record_id)
        rows.units.append(units)
        rows.instants.append(instant)

    def _sum_of(self, one: Counted, organization_id: UUID, through_seat: bool) -> _Sum:
        key = organization_id.int, one.meter, one.counted_on, one.consortium_id.int, through_seat
        found = self._sums.get(key)
        if found is None:
            found = self._sums[key] = self._begun(one, organization_id, through_seat)
        return found

    def _begun(self, one: Counted, organization_id: UUID, through_seat: bool) -> _Sum:
        month = one.consortium_id, one.counted_on.replace(day=1)
        batch = self._batches.get(month)
        if batch is None:
            batch = self._batches[month] = _Batch()
        consortium_id, day = one.consortium_id, one.counted_on
        return _Sum(
            (organization_id, consortium_id, one.meter, day, through_seat),
            place_text(organization_id, one.meter, day, through_seat),
            (
                organization_id.hex,
                consortium_id.hex,
                one.meter,
                str(day),
                str(through_seat),
                batch.id.hex,
            ),
            batch,
        )

    async def finish(self) -> list[UsageBatch]:
        """Write the batches with their digests, and what is to be folded."""
        session = self._uow.session
        if not self._batches:
            return []
        batches = [
            UsageBatch(
                id=batch.id,
                organization_id=consortium_id,
                consortium_id=consortium_id,
                source=self._source,
                starts_on=starts_on,
                records=batch.digest.records,
                digest=batch.digest.digest(),
                reported_by=self._uow.caller.user_id,
                recorded_at=self._at,
            )
            for (consortium_id, starts_on), batch in self._batches.items()
        ]
        session.add_all(batches)
        await session.flush()
        await writing.add_up(
            session, [(*one.where, one.quantity, one.records) for one in self._sums.values()]
        )
        return batches


def seat_record(record_id: UUID) -> UUID:
    """The record that counts for the seat of the merchant of a record: the id after it."""
    return UUID(int=record_id.int + 1)
