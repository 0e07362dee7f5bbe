"""What a merchant is told of money: what is due to it, and why it takes no cards."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.plugins import gate
from arengo_marketplace.contract import Marketplace
from arengo_storefront import partners
from arengo_storefront.checkout.paying import COUNTER, methods_for, with_payments


@dataclass(frozen=True, slots=True)
class CardState:
    """Whether a shop takes cards; ``reason`` and ``mend`` are msgids, ``town`` its seat."""

    on: bool
    reason: str = ""
    mend: str = ""
    town: str = ""


_NO_PLUGIN = N_("This platform has no payment service installed.")
_NOT_ACTIVE = N_(
    "Neither your shop nor your municipality has switched on the payment service, so shoppers"
    " pay you at the counter and no courier delivery can be ordered from you."
)
_NOT_ACTIVE_MEND = N_(
    "Switch it on yourself in the service catalogue, or ask your municipality to cover you."
)
_NO_COLLECTOR = N_(
    "The payment service is on, but nobody takes card payments for the valley's market yet."
)
_NO_COLLECTOR_MEND = N_("Ask the consortium's office to name who collects.")


async def card_state(host: Host, uow: UnitOfWork, merchant_id: UUID) -> CardState:
    """Whether a merchant's shop can be paid by card, or what stands in the way."""
    if not with_payments(host):
        return CardState(False, _NO_PLUGIN)
    member = await host.continuing(uow, Marketplace).member(merchant_id)
    methods = await methods_for(host, uow, member.consortium_id, [merchant_id])
    if any(method.key != COUNTER for method in methods):
        return CardState(True)
    seat = await organizations.get(uow.session, member.seat_id) if member.seat_id else None
    town = seat.name if seat is not None else ""
    if not await gate.is_active(uow.session, "payments", merchant_id):
        return CardState(False, _NOT_ACTIVE, _NOT_ACTIVE_MEND, town)
    return CardState(False, _NO_COLLECTOR, _NO_COLLECTOR_MEND, town)


async def due_to(host: Host, uow: UnitOfWork, merchant_id: UUID) -> Money | None:
    """What the collecting entity owes the merchant; None where payments cannot say."""
    if not with_payments(host):
        return None
    try:
        return await host.continuing(uow, partners.Payments).due_to(merchant_id)
    except ArengoError:
        return None
