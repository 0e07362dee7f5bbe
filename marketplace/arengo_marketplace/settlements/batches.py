"""The usage batches that a settlement froze, with who reported each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arengo_core.audit.reading import names_in
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.settlements.models import Settlement


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """A batch as it was when its month was closed.

    ``reporter`` is the person's name; empty where a service or a program reported it.
    """

    id: UUID
    source: str
    records: int
    digest: str
    reporter: str
    recorded_at: datetime | None


async def frozen_batches(uow: UnitOfWork, settlement: Settlement) -> Sequence[FrozenBatch]:
    """The batches of a settlement, for the consortium's officers, who have it; the earliest first.

    What a batch says of itself is as the settlement keeps it; batches are never deleted.
    """
    consortium_id = settlement.organization_id
    async with uow.widened([consortium_id], [consortium_id]):
        await uow.session.refresh(settlement, ["usage_batches"])
        known = {
            row.id: row
            for row in await metering.batches_of_month(
                uow.session, consortium_id, settlement.starts_on
            )
        }
    people = [row.reported_by for row in known.values() if row.reported_by is not None]
    names = (await names_in(uow, [], people)).people
    found: list[FrozenBatch] = []
    for one in settlement.usage_batches:
        row = known.get(UUID(one["id"]))
        reporter = names.get(row.reported_by, "") if row and row.reported_by else ""
        found.append(
            FrozenBatch(
                UUID(one["id"]),
                one["source"],
                one["records"],
                one["sha256"],
                reporter,
                row.recorded_at if row else None,
            )
        )
    return found
