"""What metering does by the clock."""

from __future__ import annotations

from typing import Any

from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_marketplace.metering import service

_BATCH = 500


async def fold_usage(host: Host, _payload: dict[str, Any]) -> None:
    """Job: fold what was reported into the daily figures, in batches."""
    folded = 1
    while folded:
        async with host.unit_of_work() as uow:
            folded = await service.fold(uow, limit=_BATCH)


async def make_usage_months(host: Host, _payload: dict[str, Any]) -> None:
    """Job: make the partitions of the months to come."""
    async with host.unit_of_work() as uow:
        await service.make_months_ahead(uow)


FOLD_USAGE = Job("marketplace.fold_usage", fold_usage, title=N_("Add up usage"))
MAKE_USAGE_MONTHS = Job(
    "marketplace.make_usage_months", make_usage_months, title=N_("Make room for the months ahead")
)
SCHEDULES = [Schedule(FOLD_USAGE, "* * * * *"), Schedule(MAKE_USAGE_MONTHS, "17 3 * * *")]
