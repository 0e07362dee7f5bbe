"""The service that members switch on: its settings and its meter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.plugins.manifest import Meter, Service, setting
from arengo_marketplace.contract import Marketplace

SERVICE_KEY = "delivery"
METER = "delivery.parcels"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "(mon|tue|wed|thu|fri|sat|sun)"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """When the courier comes, and whom to ask."""

    courier_days: str = setting(
        N_("Days on which the courier comes"),
        help=N_("Separated by commas: mon, tue, wed, thu, fri, sat, sun."),
        default="mon, wed, fri",
        pattern=rf"{_DAY}(, ?{_DAY})*",
    )
    contact: str = setting(
        N_("Contact for questions about parcels"),
        help=N_("A telephone number or an address, shown on the tracking page."),
        default="",
    )

    def next_collection(self, today: date) -> date:
        """The next day, after today, on which the courier comes."""
        days = {_WEEK.index(day.strip()) for day in self.courier_days.split(",")}
        return next(
            day
            for day in (today + timedelta(days=ahead) for ahead in range(1, 8))
            if day.weekday() in days
        )


SERVICE = Service(
    key=SERVICE_KEY,
    title=N_("Delivery"),
    description=N_("The valley's courier and pick-up points, with labels and tracking."),
    serves=frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT}),
    settings=DeliverySettings,
    meters=(Meter(METER, N_("Parcels delivered"), N_("parcels")),),
    icon="it-box",
    grants=(
        "core.own_data:read",
        "marketplace.membership:read",
        "marketplace.usage:write",
        "delivery.parcels:read",
        "delivery.parcels:write",
        "delivery.points:read",
        "delivery.points:write",
        "communications.messages:write",
    ),
)


async def settings_of(host: Host, uow: UnitOfWork, organization_id: UUID) -> DeliverySettings:
    """A member's settings; the defaults once it has left, while what was begun is finished."""
    try:
        found = await host.continuing(uow, Marketplace).settings(SERVICE_KEY, organization_id)
    except NotFoundError:
        return DeliverySettings()
    return found if isinstance(found, DeliverySettings) else DeliverySettings()
