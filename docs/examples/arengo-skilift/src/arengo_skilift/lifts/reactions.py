"""What happens by itself: usage is counted, old reports are forgotten."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.outbox.events import Delivery
from arengo_marketplace.contract import Marketplace, UsageReading
from arengo_skilift.contract import LiftReported
from arengo_skilift.lifts import service

METER = "skilift.reports"
COUNT = "skilift.count_report"
FORGET = "skilift.forget_stale"


async def on_report(uow: UnitOfWork, delivery: Delivery[LiftReported]) -> None:
    """Event handler: have the report counted."""
    payload = {
        "organization": str(delivery.event.organization_id),
        "event": str(delivery.event_id),
        "at": delivery.occurred_at.isoformat(),
    }
    uow.enqueue(COUNT, payload)


async def count_report(host: Host, payload: dict[str, Any]) -> None:
    """Job: one report is one unit of the meter; the event's id makes counting again harmless."""
    organization_id = UUID(payload["organization"])
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        await host.continuing(uow, Marketplace).report_usage(
            [
                UsageReading(
                    meter=METER,
                    organization_id=organization_id,
                    quantity=Decimal(1),
                    occurred_at=datetime.fromisoformat(payload["at"]),
                    key=payload["event"],
                )
            ]
        )


async def forget_stale(host: Host, _payload: dict[str, Any]) -> None:
    """Job by the clock: lifts of which nothing was heard for a day are unknown."""
    async with host.unit_of_work(Caller.program()) as uow:
        await service.forget_stale(uow)
