"""Taking readings in: each once, with its batch's digest and what it adds to its day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.ids import new_id
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.counting import Counted
from arengo_marketplace.metering.digests import RowsDigest, place_text
from arengo_marketplace.metering.models import UsageBatch

RowT = TypeVar("RowT", bound=tuple[Any, ...])
_TENANTS = 10


@dataclass(slots=True)
class _Place:
    """A member's meter and day, with what comes to it, and the batch it comes in."""

    where: tuple[UUID, UUID, str, date, bool]
    text: str
    batch_id: UUID
    digest: RowsDigest
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
        self._batches: dict[tuple[UUID, date], tuple[UUID, RowsDigest]] = {}
        self._places: dict[tuple[int, str, date, int, bool], _Place] = {}

    async def take(self, readings: Sequence[Counted]) -> set[bytes]:
        """Store readings of different keys; the digests of those that were new."""
        numbered = [(self._next + 2 * at, one) for at, one in enumerate(readings)]
        self._next += 2 * len(readings)
        new = await repository.claim(
            self._uow.session,
            [(one.digest, f"{number:032x}", one.counted_on) for number, one in numbered],
        )
        rows: list[repository.RecordRow] = []
        for number, one in numbered:
            if one.digest in new:
                rows.append(self._row(number, one, one.organization_id, False))
                if one.seat_id is not None:
                    rows.append(self._row(number + 1, one, one.seat_id, True))
        await self._write(rows, partial(repository.store, self._uow.session, self._at))
        return new

    async def _write(
        self, rows: Iterable[RowT], write: Callable[[list[RowT]], Awaitable[None]]
    ) -> None:
        """Write rows, of few tenants at a time, in reach of those alone."""
        by_tenant: dict[UUID, list[RowT]] = {}
        for row in rows:
            by_tenant.setdefault(row[0], []).append(row)
        tenants = sorted(by_tenant)
        for at in range(0, len(tenants), _TENANTS):
            few = tenants[at : at + _TENANTS]
            async with self._uow.narrowed(few):
                await write([row for tenant in few for row in by_tenant[tenant]])

    def _row(
        self, number: int, one: Counted, organization_id: UUID, through_seat: bool
    ) -> repository.RecordRow:
        key = organization_id.int, one.meter, one.counted_on, one.consortium_id.int, through_seat
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._place(one, organization_id, through_seat)
        place.quantity += one.quantity
        place.records += 1
        record_id = f"{number:032x}"
        place.digest.add(record_id, place.text, one.quantity, one.occurred_at)
        return (
            organization_id,
            one.consortium_id,
            one.meter,
            one.counted_on,
            through_seat,
            record_id,
            one.quantity,
            one.occurred_at,
            place.batch_id,
        )

    def _place(self, one: Counted, organization_id: UUID, through_seat: bool) -> _Place:
        month = one.consortium_id, one.counted_on.replace(day=1)
        batch_id, digest = self._batches.setdefault(month, (new_id(), RowsDigest()))
        text = place_text(organization_id, one.meter, one.counted_on, through_seat)
        where = organization_id, one.consortium_id, one.meter, one.counted_on, through_seat
        return _Place(where, text, batch_id, digest)

    async def finish(self) -> list[UsageBatch]:
        """Write the batches with their digests, and what is to be folded."""
        session = self._uow.session
        if not self._batches:
            return []
        batches = [
            UsageBatch(
                id=batch_id,
                organization_id=consortium_id,
                consortium_id=consortium_id,
                source=self._source,
                starts_on=starts_on,
                records=digest.records,
                digest=digest.digest(),
                reported_by=self._uow.caller.user_id,
                recorded_at=self._at,
            )
            for (consortium_id, starts_on), (batch_id, digest) in self._batches.items()
        ]
        session.add_all(batches)
        await session.flush()
        additions = [
            (*place.where, place.quantity, place.records) for place in self._places.values()
        ]
        await self._write(additions, partial(repository.add_up, session))
        return batches


def seat_record(record_id: UUID) -> UUID:
    """The record that counts for the seat of the merchant of a record: the id after it."""
    return UUID(int=record_id.int + 1)
