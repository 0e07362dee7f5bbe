"""Demo step: the way of the parcels that orders announced, up to where they are today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_delivery.carriers.models import CourierBooking
from arengo_delivery.contract import DeliveryKind, ParcelState
from arengo_delivery.demo.invented import invent
from arengo_delivery.offering import METER, DeliverySettings
from arengo_delivery.parcels import repository, service
from arengo_delivery.parcels.models import BookingState, ParcelEvent, ParcelRow
from arengo_marketplace.contract import Marketplace, UsageReading

_MOST = 5_000
_PLACES = {
    ParcelState.IN_TRANSIT: "Centro di smistamento della valle",
    ParcelState.AT_PICK_UP_POINT: "",
}
# Hours after the order at which each step happens, by kind of delivery.
_WAY = {
    DeliveryKind.COURIER: (
        (ParcelState.READY, 9),
        (ParcelState.IN_TRANSIT, 30),
        (ParcelState.DELIVERED, 54),
    ),
    DeliveryKind.PICK_UP: (
        (ParcelState.READY, 7),
        (ParcelState.AT_PICK_UP_POINT, 27),
        (ParcelState.DELIVERED, 99),
    ),
}


@dataclass(frozen=True, slots=True)
class Travelled:
    """A parcel and the steps it has made by now."""

    row: ParcelRow
    steps: Sequence[tuple[ParcelState, datetime]]


async def load(host: Host, consortium: str) -> None:
    """Move the announced parcels; where no order announced any, invent some first."""
    async with host.unit_of_work() as uow:
        place = await organizations.by_slug(uow.session, consortium)
        assert place is not None, "the marketplace's step made it"
    rows = await _announced(host, place.id)
    if not rows:
        await invent(host, place.id)
        rows = await _announced(host, place.id)
    moment = clock.now()
    travelled = [Travelled(row, _steps(row, moment)) for row in rows]
    merchants = {row.organization_id for row in rows}
    async with host.unit_of_work(Caller.program(merchants)) as uow:
        await uow.session.execute(insert(ParcelEvent), _events(travelled))
        await repository.advance(uow.session, [_standing(one) for one in travelled if one.steps])
        bookings = [_booking(one) for one in travelled if _is_booked(one)]
        if bookings:
            await uow.session.execute(insert(CourierBooking), bookings)
        await host.continuing(uow, Marketplace).report_usage(_readings(travelled))
    await _wait(host, [one.row for one in travelled if _waits(one)])


async def _announced(host: Host, consortium_id: UUID) -> list[ParcelRow]:
    async with host.unit_of_work(Caller.program([], [consortium_id]), read_only=True) as uow:
        found = await repository.page(
            uow.session,
            consortium_id=consortium_id,
            states=[ParcelState.ANNOUNCED.value],
            size=_MOST,
        )
    return list(found[:_MOST])


def _steps(row: ParcelRow, moment: datetime) -> list[tuple[ParcelState, datetime]]:
    salt = row.weight_grams % 7
    way = _WAY[DeliveryKind(row.kind)]
    steps = [(state, row.created_at + timedelta(hours=hours + salt)) for state, hours in way]
    return [(state, at) for state, at in steps if at <= moment]


def _events(travelled: Sequence[Travelled]) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "organization_id": one.row.organization_id,
            "consortium_id": one.row.consortium_id,
            "parcel_id": one.row.id,
            "state": state.value,
            "occurred_at": at,
            "place": _PLACES.get(state, ""),
            "actor_id": None,
        }
        for one in travelled
        for state, at in one.steps
    ]


def _standing(one: Travelled) -> dict[str, Any]:
    state, at = one.steps[-1]
    booked = _is_booked(one)
    return {
        "id": one.row.id,
        "state": state.value,
        "moved_at": at,
        "booking": (BookingState.ACCEPTED if booked else BookingState.NONE).value,
        "booking_reference": _reference(one.row) if booked else "",
    }


def _is_booked(one: Travelled) -> bool:
    return one.row.kind == DeliveryKind.COURIER and bool(one.steps)


def _reference(row: ParcelRow) -> str:
    return f"VC-{row.id.hex[-12:].upper()}"


def _booking(one: Travelled) -> dict[str, Any]:
    ready = one.steps[0][1]
    return {
        "id": new_id(),
        "organization_id": one.row.organization_id,
        "consortium_id": one.row.consortium_id,
        "key": str(one.row.id),
        "reference": _reference(one.row),
        "merchant_order_id": one.row.merchant_order_id,
        "collect_on": DeliverySettings().next_collection(ready.date()),
        "created_at": ready,
        "cancelled_at": None,
    }


def _readings(travelled: Sequence[Travelled]) -> list[UsageReading]:
    return [
        UsageReading(
            METER, one.row.organization_id, Decimal(1), one.steps[1][1], f"parcel:{one.row.id}"
        )
        for one in travelled
        if len(one.steps) > 1
    ]


def _waits(one: Travelled) -> bool:
    return bool(one.steps) and one.steps[-1][0] is ParcelState.AT_PICK_UP_POINT


async def _wait(host: Host, rows: Sequence[ParcelRow]) -> None:
    """Give the shoppers their codes, by mail as always."""
    async with host.unit_of_work(Caller.program({row.organization_id for row in rows})) as uow:
        for found in rows:
            row = await repository.get(
                uow.session, found.id, merchant_id=found.organization_id, lock=True
            )
            assert row is not None, "it was moved just now"
            await service.issue_code(host, uow, row)
            service.tell(uow, row, ParcelState.AT_PICK_UP_POINT)
