"""Corrections: a record is never changed, another takes its units back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_marketplace.metering import repository
from arengo_marketplace.metering.batch import check_source
from arengo_marketplace.metering.counting import Counted, counting_day, day_of
from arengo_marketplace.metering.digests import SourceKeys, correction_key, plugin_key
from arengo_marketplace.metering.intake import Intake, seat_record
from arengo_marketplace.permissions import USAGE
from arengo_marketplace.settlements import repository as settlements


async def take_back(
    uow: UnitOfWork,
    *,
    consortium_id: UUID,
    source: str,
    key: str,
    organization_id: UUID | None = None,
    meter: str = "",
) -> date:
    """Take a reading back by its source and key; the day on which that counts.

    A plugin's reading has no source: its member and meter are named instead. It counts on the
    reading's day, or in the next month that is not settled. InvalidInputError where no such reading
    is known, ConflictError where it was taken back before.
    """
    uow.caller.require(consortium_id, USAGE)
    if source or organization_id is None or not meter:
        check_source(source)
    if not key:
        raise InvalidInputError("This is needed: fill it in.", field="key")
    if source or organization_id is None:
        digest = SourceKeys(consortium_id, source).digest(key)
    else:
        digest = plugin_key(organization_id, meter, key)
    await settlements.keep_books_open(uow.session, [consortium_id])
    async with uow.widened(governs=[consortium_id]):
        record = await repository.record_of_key(uow.session, digest, consortium_id)
        if record is None:
            raise InvalidInputError("No reading of this source has this key.", field="key")
        seat = await repository.record_beside(uow.session, record, seat_record(record.id))
    settled = await settlements.settled_months(uow.session, consortium_id)
    correction = Counted(
        correction_key(record.id),
        record.organization_id,
        record.meter,
        -record.quantity,
        record.occurred_at,
        consortium_id,
        seat.organization_id if seat else None,
        counting_day(day_of(record.occurred_at), settled),
    )
    tenants = {consortium_id, record.organization_id}
    async with uow.widened(tenants | ({seat.organization_id} if seat else set())):
        intake = Intake(uow, source)
        if not await intake.take([correction]):
            raise ConflictError("This reading was taken back already.", field="key")
        await intake.finish()
    uow.audit(
        consortium_id,
        "usage.corrected",
        "UsageRecord",
        record.id,
        member=record.organization_id,
        meter=record.meter,
    )
    return correction.counted_on
