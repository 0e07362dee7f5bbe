"""What people do with parcels: merchants, the consortium's office, clerks who carry them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.organizations import service as organizations
from arengo_core.plugins import gate
from arengo_delivery.contract import ParcelState
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import booking, repository, service
from arengo_delivery.parcels.models import ParcelEvent, ParcelRow
from arengo_delivery.permissions import ALL_PARCELS, COUNTER, COURIER, PARCELS
from arengo_delivery.points import repository as points
from arengo_marketplace.contract import Marketplace

CARRIED = (
    ParcelState.IN_TRANSIT,
    ParcelState.DELIVERED,
    ParcelState.AT_PICK_UP_POINT,
    ParcelState.RETURNED,
)


def state_named(value: str) -> ParcelState:
    """A state by its name. InvalidInputError otherwise."""
    try:
        return ParcelState(value)
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field="state") from None


async def enter(uow: UnitOfWork, merchant_id: UUID) -> None:
    """Let a shop's people in, while delivery is active or a parcel of theirs is known."""
    uow.caller.require(merchant_id, PARCELS)
    if not await repository.has_any(uow.session, merchant_id):
        await gate.require_active(uow.session, SERVICE_KEY, merchant_id)


async def parcels_of(
    uow: UnitOfWork,
    organization_id: UUID,
    *,
    states: Sequence[ParcelState] = (),
    size: int = 24,
    after: UUID | None = None,
) -> Sequence[ParcelRow]:
    """Parcels of a merchant, or of a consortium for its officers; newest first.

    One row more than ``size`` tells of a next page.
    """
    place = await organizations.get(uow, organization_id)
    names = [state.value for state in states]
    if place.kind == OrganizationKind.CONSORTIUM:
        uow.caller.require(organization_id, ALL_PARCELS)
        return await repository.page(
            uow.session, consortium_id=organization_id, states=names, size=size, after=after
        )
    await enter(uow, organization_id)
    return await repository.page(
        uow.session, merchant_id=organization_id, states=names, size=size, after=after
    )


async def parcel(
    uow: UnitOfWork, organization_id: UUID, parcel_id: UUID
) -> tuple[ParcelRow, Sequence[ParcelEvent]]:
    """A parcel with its steps, for its merchant or the consortium's officers."""
    place = await organizations.get(uow, organization_id)
    if place.kind == OrganizationKind.CONSORTIUM:
        uow.caller.require(organization_id, ALL_PARCELS)
        row = await repository.in_consortium(uow.session, parcel_id, organization_id)
    else:
        uow.caller.require(organization_id, PARCELS)
        row = await repository.get(uow.session, parcel_id, merchant_id=organization_id)
    if row is None:
        raise NotFoundError("There is no such parcel.")
    return row, await repository.events(uow.session, row.organization_id, row.id)


async def _locked(uow: UnitOfWork, organization_id: UUID, parcel_id: UUID) -> ParcelRow:
    row, _ = await parcel(uow, organization_id, parcel_id)
    await uow.widen([row.organization_id])
    locked = await repository.get(
        uow.session, parcel_id, merchant_id=row.organization_id, lock=True
    )
    assert locked is not None, "it was read in this transaction"
    return locked


async def move(
    host: Host,
    uow: UnitOfWork,
    *,
    organization_id: UUID,
    parcel_id: UUID,
    state: ParcelState,
    place: str = "",
) -> ParcelRow:
    """Move a parcel, as its merchant or as an officer of its consortium."""
    row = await _locked(uow, organization_id, parcel_id)
    if state is ParcelState.CANCELLED:
        raise ConflictError("Cancel the order: its parcel is called off with it.")
    await service.move(host, uow, row, state, place=place.strip())
    return row


async def move_by_label(
    host: Host,
    uow: UnitOfWork,
    *,
    organization_id: UUID,
    code: str,
    state: ParcelState,
    place: str = "",
) -> ParcelRow:
    """Move the parcel in one's hands: whoever reads its label and works in its valley may.

    That is its shop, the keeper of its pick-up point, the consortium's officers, and officers
    and clerks of a member municipality with delivery active.
    """
    row = await service.by_label(uow, code, lock=True)
    await _may_carry(host, uow, organization_id, row)
    if state not in CARRIED:
        raise InvalidInputError("Choose one of the list.", field="state")
    await service.move(host, uow, row, state, place=place.strip())
    return row


async def enter_courier(uow: UnitOfWork, organization_id: UUID) -> bool:
    """Let in who may carry parcels; whether it is the consortium's office, which sees all."""
    place = await organizations.get(uow, organization_id)
    if place.kind == OrganizationKind.CONSORTIUM:
        uow.caller.require(organization_id, ALL_PARCELS)
        return True
    uow.caller.require(organization_id, COURIER)
    await gate.require_active(uow.session, SERVICE_KEY, organization_id)
    return False


async def _may_carry(host: Host, uow: UnitOfWork, organization_id: UUID, row: ParcelRow) -> None:
    caller = uow.caller
    if organization_id == row.consortium_id:
        caller.require(organization_id, ALL_PARCELS)
        return
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    if organization_id == row.organization_id or (
        point is not None and point.organization_id == organization_id
    ):
        caller.require(organization_id, COUNTER)
        return
    caller.require(organization_id, COURIER)
    member = await host.continuing(uow, Marketplace).member(organization_id)
    if member.kind is not OrganizationKind.MUNICIPALITY or (
        member.consortium_id != row.consortium_id
    ):
        raise ForbiddenError("You may not do this for that organization.")
    await gate.require_active(uow.session, SERVICE_KEY, organization_id)


async def renew_code(
    host: Host, uow: UnitOfWork, *, organization_id: UUID, parcel_id: UUID
) -> ParcelRow:
    """Send the shopper a new code, by the merchant's or the office's word."""
    row = await _locked(uow, organization_id, parcel_id)
    await service.renew_code(host, uow, row)
    return row


async def book_again(uow: UnitOfWork, *, organization_id: UUID, parcel_id: UUID) -> ParcelRow:
    """Ask a carrier once more that refused or whose answer was lost."""
    row = await _locked(uow, organization_id, parcel_id)
    await booking.book_again(uow, row)
    return row
