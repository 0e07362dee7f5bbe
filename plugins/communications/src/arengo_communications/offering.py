"""The service that members switch on: its settings and its meter."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.plugins.manifest import Meter, Service, setting
from arengo_marketplace.contract import Marketplace

SERVICE_KEY = "communications"
METER = "messages.sent"


@dataclass(frozen=True, slots=True)
class CommunicationsSettings:
    """How a member's messages are signed."""

    sender_name: str = setting(
        N_("Sender's name"),
        help=N_("Stands before the address in people's mail programs. Empty: the member's name."),
        default="",
    )
    reply_to: str = setting(
        N_("Address for answers"),
        help=N_("Where answers to your messages go. Empty: the member's address."),
        default="",
        pattern=r"([^@\s]+@[^@\s]+\.[^@\s]+)?",
    )


SERVICE = Service(
    key=SERVICE_KEY,
    title=N_("Communications"),
    description=N_(
        "Messages on orders and parcels by e-mail and inbox, and announcements to subscribers."
    ),
    serves=frozenset({OrganizationKind.MUNICIPALITY, OrganizationKind.MERCHANT}),
    settings=CommunicationsSettings,
    meters=(Meter(METER, N_("Messages sent"), N_("messages")),),
    icon="it-mail",
    grants=(
        "core.own_data:read",
        "marketplace.membership:read",
        "marketplace.usage:write",
        "communications.messages:read",
        "communications.messages:write",
        "communications.inbox:read",
        "communications.inbox:write",
        "communications.announcements:read",
        "communications.announcements:write",
        "communications.subscribers:read",
        "communications.subscribers:write",
    ),
)


async def settings_of(host: Host, uow: UnitOfWork, organization_id: UUID) -> CommunicationsSettings:
    """A member's settings; the defaults once it has left, while what was begun is finished."""
    try:
        found = await host.continuing(uow, Marketplace).settings(SERVICE_KEY, organization_id)
    except NotFoundError:
        return CommunicationsSettings()
    return found if isinstance(found, CommunicationsSettings) else CommunicationsSettings()
