"""The meter of published products: read once a day, for each merchant that shows some."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.plugins.manifest import Meter
from arengo_marketplace.contract import Marketplace, UsageReading
from arengo_storefront.catalogue.repository import listings

PRODUCTS_METER = Meter(
    "storefront.products", N_("Published products, each day"), N_("product days")
)


async def read_products(host: Host, _payload: dict[str, Any]) -> None:
    """Job: report how many products each active merchant shows today."""
    today = clock.today()
    async with host.unit_of_work(Caller.program(), read_only=True) as uow:
        counts = await listings.published_counts(uow.session)
    async with host.unit_of_work(Caller.program(counts)) as uow:
        await host.continuing(uow, Marketplace).report_usage(
            [
                UsageReading(
                    meter=PRODUCTS_METER.key,
                    organization_id=merchant,
                    quantity=Decimal(count),
                    occurred_at=clock.now(),
                    key=f"{PRODUCTS_METER.key}:{merchant}:{today}",
                )
                for merchant, count in counts.items()
            ]
        )


READ_PRODUCTS = Job(
    "storefront.read_products", read_products, title=N_("Count products for the bill")
)
SCHEDULES = [Schedule(READ_PRODUCTS, "40 1 * * *")]
