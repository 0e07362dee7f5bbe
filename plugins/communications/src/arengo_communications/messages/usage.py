"""The job that reports a message that left to its meter, once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_communications.offering import METER, SERVICE_KEY
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job
from arengo_marketplace.contract import Marketplace, UsageReading

REPORT_USAGE = "communications.report_usage"


async def report_usage(host: Host, payload: dict[str, Any]) -> None:
    """Job: one message counts one, by however many channels it left."""
    member = UUID(payload["organization"])
    reading = UsageReading(
        meter=METER,
        organization_id=member,
        quantity=Decimal(1),
        occurred_at=datetime.fromisoformat(payload["at"]),
        key=f"message:{payload['message']}",
    )
    async with host.unit_of_work(Caller.program([member])) as uow:
        await host.continuing(uow, Marketplace).report_usage([reading])


JOBS = [
    Job(
        REPORT_USAGE,
        report_usage,
        title=N_("Count messages for the bill"),
        service=SERVICE_KEY,
        finishes=True,
    )
]
