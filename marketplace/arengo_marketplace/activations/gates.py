"""Opening and closing the host's gate for a member and for the merchants it covers."""

from __future__ import annotations

from uuid import UUID

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.plugins import gate
from arengo_marketplace.activations import repository
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.members import repository as members
from arengo_marketplace.members.models import Membership
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.models import Offer


async def open_for(uow: UnitOfWork, activation: Activation, offer: Offer) -> None:
    """Let the member in, and the merchants seated in it where the offer covers them."""
    await _open(uow, activation, activation.organization_id)
    if not offer.covers_merchants:
        return
    async with uow.widened(governs=[activation.consortium_id]):
        seated = await members.seated_in(
            uow.session, activation.consortium_id, activation.organization_id, clock.today()
        )
    for merchant in seated:
        await _open(uow, activation, merchant)


async def close_for(uow: UnitOfWork, activation: Activation) -> None:
    """Keep out the member and all whom its activation covered."""
    await gate.close_gate(uow.session, activation.id)


async def cover(uow: UnitOfWork, membership: Membership) -> None:
    """Let a merchant who takes a seat in under the seat's covering activations."""
    for activation in await _covering(uow, membership):
        await _open(uow, activation, membership.organization_id)


async def uncover(uow: UnitOfWork, membership: Membership) -> None:
    """Keep a merchant who gives up a seat out of what it had by the seat."""
    for activation in await _covering(uow, membership):
        await gate.close_gate(uow.session, activation.id, membership.organization_id)


async def covering(
    uow: UnitOfWork, consortium_id: UUID, seat_id: UUID, service: str
) -> Activation | None:
    """The seat's active activation that covers its merchants for a service."""
    async with uow.widened([seat_id]):
        activation = await repository.current(uow.session, seat_id, service)
    if activation is None or (activation.state, activation.consortium_id) != (
        "active",
        consortium_id,
    ):
        return None
    offer = await offers.get(uow.session, activation.offer_id)
    return activation if offer is not None and offer.covers_merchants else None


async def _covering(uow: UnitOfWork, membership: Membership) -> list[Activation]:
    if membership.kind != OrganizationKind.MERCHANT or membership.seat_id is None:
        return []
    async with uow.widened([membership.seat_id]):
        held = await repository.of_member(uow.session, membership.seat_id)
    terms = await offers.by_ids(uow.session, [activation.offer_id for activation in held])
    return [
        activation
        for activation in held
        if activation.state == "active"
        and activation.consortium_id == membership.consortium_id
        and terms[activation.offer_id].covers_merchants
    ]


async def _open(uow: UnitOfWork, activation: Activation, organization_id: UUID) -> None:
    own = organization_id == activation.organization_id
    await gate.open_gate(
        uow.session,
        organization_id=organization_id,
        service=activation.service,
        activation_id=activation.id,
        consortium_id=activation.consortium_id,
        covered_by=None if own else activation.organization_id,
        grants=activation.agreed,
    )
