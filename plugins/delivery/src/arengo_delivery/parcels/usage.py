"""The job that reports a parcel to its meter, once: when it left or arrived."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job
from arengo_delivery.offering import METER, SERVICE_KEY
from arengo_delivery.parcels.service import REPORT_USAGE
from arengo_marketplace.contract import Marketplace, UsageReading


async def report_usage(host: Host, payload: dict[str, Any]) -> None:
    """Job: a parcel counts one, however often it moves."""
    merchant = UUID(payload["merchant"])
    reading = UsageReading(
        meter=METER,
        organization_id=merchant,
        quantity=Decimal(1),
        occurred_at=datetime.fromisoformat(payload["at"]),
        key=f"parcel:{payload['parcel']}",
    )
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        await host.continuing(uow, Marketplace).report_usage([reading])


JOBS = [
    Job(
        REPORT_USAGE,
        report_usage,
        title=N_("Count parcels for the bill"),
        service=SERVICE_KEY,
        finishes=True,
    )
]
