"""The catalogue of services as a consortium's office or one of its members sees it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.plugins import gate
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations import repository
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.consents import service as consents
from arengo_marketplace.contract import Member
from arengo_marketplace.members.acting import Acting
from arengo_marketplace.metering import service as metering
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer


@dataclass(frozen=True, slots=True)
class Entry:
    """One service: its offer, the member's own activation, how many have it, who covers it.

    ``missing`` are services that it rests on; ``outstanding`` what the member has not agreed to.
    """

    service: Service
    offer: Offer | None
    activation: Activation | None
    active: int
    covered: bool
    missing: tuple[str, ...]
    outstanding: tuple[DataGrant, ...]

    @property
    def can_activate(self) -> bool:
        """Whether the member can switch it on now."""
        return self.offer is not None and self.activation is None and not self.missing


async def entries(uow: UnitOfWork, registry: Registry, acting: Acting) -> list[Entry]:
    """The services that serve the caller; the office sees all."""
    consortium_id = acting.consortium_id
    async with uow.widened(governs=[consortium_id]):
        running = await repository.of_consortium(uow.session, consortium_id, ["active"])
    counts: dict[UUID, int] = {}
    for row in running:
        counts[row.offer_id] = counts.get(row.offer_id, 0) + 1
    own: dict[str, Activation] = {}
    open_to: frozenset[str] = frozenset()
    if acting.member is not None:
        held = await repository.of_member(uow.session, acting.organization_id)
        own = {row.service: row for row in held}
        open_to = await gate.active_services(uow.session, acting.organization_id)
    found: list[Entry] = []
    for service, offer in await offers.catalogue(uow, registry, consortium_id):
        if acting.member is not None and acting.member.kind not in service.serves:
            continue
        activation = own.get(service.key)
        found.append(
            Entry(
                service=service,
                offer=offer,
                activation=activation,
                active=counts.get(offer.id, 0) if offer else 0,
                covered=activation is None and service.key in open_to,
                missing=tuple(key for key in service.rests_on if key not in open_to),
                outstanding=tuple(consents.outstanding(registry, activation)) if activation else (),
            )
        )
    return found


async def expected(
    uow: UnitOfWork, service: Service, offer: Offer, member: Member
) -> dict[str, str]:
    """A first forecast: what the member used a month of late, else what its like expect.

    The like are the members that have the offer; of theirs the mean per member is taken.
    """
    counted = {meter.key for meter in service.meters}
    used = await metering.average_month(
        uow, consortium_id=offer.organization_id, organization_ids=[member.organization_id]
    )
    own = {
        meter: units[member.organization_id]
        for meter, units in used.items()
        if meter in counted and units.get(member.organization_id)
    }
    if own:
        return {meter: f"{quantity.normalize():f}" for meter, quantity in own.items()}
    async with uow.widened(governs=[offer.organization_id]):
        rows = await repository.of_offer(uow.session, offer.organization_id, offer.id)
    stated = [row.forecast for row in rows if row.state == "active" and row.forecast]
    meters = {meter for forecast in stated for meter in forecast}
    return {
        meter: str(round(sum(float(one.get(meter, 0)) for one in stated) / len(stated)))
        for meter in meters
    }


def serves_merchants(service: Service) -> bool:
    """Whether merchants can have the service."""
    return OrganizationKind.MERCHANT in service.serves
