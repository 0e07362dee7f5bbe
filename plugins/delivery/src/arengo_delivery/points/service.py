"""Rules for pick-up points: members with delivery active keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.idempotency import first_answer, remember
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.plugins import gate
from arengo_delivery.contract import PickUpPoint
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.permissions import POINTS
from arengo_delivery.points import repository
from arengo_delivery.points.models import PickUpPointRow
from arengo_marketplace.contract import Marketplace

CREATE = "delivery.create_pick_up_point"
TEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PointData:
    """What its keeper says of a point."""

    name: str
    address: str
    opening_hours: str


def as_contract(row: PickUpPointRow) -> PickUpPoint:
    """A point as other plugins see it."""
    return PickUpPoint(row.id, row.name, row.address, row.opening_hours)


def _check(data: PointData) -> PointData:
    for field, value in (
        ("name", data.name),
        ("address", data.address),
        ("opening_hours", data.opening_hours),
    ):
        if not value.strip():
            raise InvalidInputError("This is needed: shoppers must find the point.", field=field)
        if len(value) > TEXT_LIMIT:
            raise InvalidInputError(
                "At most {limit} characters are possible.", field=field, limit=TEXT_LIMIT
            )
    return PointData(data.name.strip(), data.address.strip(), data.opening_hours.strip())


async def open_points(uow: UnitOfWork, consortium_id: UUID) -> Sequence[PickUpPointRow]:
    """Where parcels of a consortium may wait: open points of members with delivery active."""
    keepers = await gate.active_members(uow.session, SERVICE_KEY, consortium_id)
    return await repository.open_in(uow.session, consortium_id, keepers)


async def kept_by(uow: UnitOfWork, organization_id: UUID) -> Sequence[PickUpPointRow]:
    """The points of an organization, for whoever works there."""
    if not uow.caller.may(organization_id, POINTS):
        uow.caller.require(organization_id)
    rows = await repository.of_organization(uow.session, organization_id)
    if not rows:
        await gate.require_active(uow.session, SERVICE_KEY, organization_id)
    return rows


async def create(
    host: Host,
    uow: UnitOfWork,
    *,
    organization_id: UUID,
    data: PointData,
    idempotency_key: str | None = None,
) -> PickUpPointRow:
    """Open a pick-up point; its keeper's leaders may, while delivery is active."""
    uow.caller.require(organization_id, POINTS)
    await gate.require_active(uow.session, SERVICE_KEY, organization_id)
    checked = _check(data)
    first = await first_answer(uow, CREATE, idempotency_key)
    if first is not None:
        return await _own(uow, organization_id, first)
    member = await host.continuing(uow, Marketplace).member(organization_id)
    keeper = await organizations.get(uow, organization_id)
    row = PickUpPointRow(
        id=new_id(),
        organization_id=organization_id,
        consortium_id=member.consortium_id,
        name=checked.name,
        address=checked.address,
        istat_code=keeper.istat_code or "",
        opening_hours=checked.opening_hours,
    )
    uow.session.add(row)
    await uow.session.flush()
    await remember(uow, CREATE, idempotency_key, row.id)
    uow.audit(organization_id, "pick_up_point.opened", "PickUpPoint", row.id)
    return row


async def _own(uow: UnitOfWork, organization_id: UUID, point_id: UUID) -> PickUpPointRow:
    row = await repository.get(uow.session, point_id)
    if row is None or row.organization_id != organization_id:
        raise NotFoundError("There is no such pick-up point.")
    return row


async def change(
    uow: UnitOfWork, *, organization_id: UUID, point_id: UUID, data: PointData
) -> PickUpPointRow:
    """Change a point's name, address and hours."""
    uow.caller.require(organization_id, POINTS)
    row = await _own(uow, organization_id, point_id)
    checked = _check(data)
    row.name, row.address, row.opening_hours = checked.name, checked.address, checked.opening_hours
    await uow.session.flush()
    uow.audit(organization_id, "pick_up_point.changed", "PickUpPoint", row.id)
    return row


async def close(uow: UnitOfWork, *, organization_id: UUID, point_id: UUID) -> PickUpPointRow:
    """Offer a point no more; what waits there is still handed over."""
    uow.caller.require(organization_id, POINTS)
    row = await _own(uow, organization_id, point_id)
    if row.closed_at is None:
        row.closed_at = clock.now()
        await uow.session.flush()
        uow.audit(organization_id, "pick_up_point.closed", "PickUpPoint", row.id)
    return row


async def get_own(uow: UnitOfWork, organization_id: UUID, point_id: UUID) -> PickUpPointRow:
    """A point, for its keeper's leaders. NotFoundError when it is another's."""
    uow.caller.require(organization_id, POINTS)
    return await _own(uow, organization_id, point_id)
