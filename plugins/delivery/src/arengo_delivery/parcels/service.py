"""Rules for parcels: made once an order, moved step by step, each step told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError, TooManyError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_delivery.carriers.keys import PICK_UP_POINT
from arengo_delivery.contract import (
    Carrier,
    DeliveryKind,
    ParcelMoved,
    ParcelRequest,
    ParcelState,
)
from arengo_delivery.parcels import repository
from arengo_delivery.parcels.codes import PickUpCodes, new_tracking_code, tracking_digest
from arengo_delivery.parcels.models import BY_ADDRESS, BookingState, ParcelEvent, ParcelRow
from arengo_delivery.parcels.states import check_move
from arengo_delivery.points import repository as points

BOOK = "delivery.book"
CALL_OFF = "delivery.call_off"
TELL = "delivery.tell"
REPORT_USAGE = "delivery.report_usage"
PLACE_LIMIT = 80
CODE_ISSUES = 12
CODE_PAUSE = timedelta(minutes=10)
_TOLD = frozenset({ParcelState.READY, ParcelState.AT_PICK_UP_POINT, ParcelState.DELIVERED})
_COUNTED = frozenset({ParcelState.IN_TRANSIT, ParcelState.AT_PICK_UP_POINT, ParcelState.DELIVERED})


def _job(row: ParcelRow, **more: object) -> dict[str, object]:
    return {"parcel": str(row.id), "merchant": str(row.organization_id), **more}


async def announce(host: Host, uow: UnitOfWork, request: ParcelRequest) -> ParcelRow:
    """Make the parcel of a merchant order within reach; the same order again answers its parcel.

    InvalidInputError for an option or point that is not there.
    """
    known = await repository.of_order(uow.session, request.merchant_order_id)
    if known is not None:
        return known
    carrier, _, option = request.option_key.partition(":")
    if not option or (Carrier, carrier) not in host.registry.providers:
        raise InvalidInputError(
            "There is no way of delivery {option}.", field="option_key", option=request.option_key
        )
    if carrier == PICK_UP_POINT:
        point = await points.get(uow.session, request.point_id) if request.point_id else None
        if point is None or point.consortium_id != request.consortium_id:
            raise InvalidInputError("Choose a pick-up point of the list.", field="point_id")
    row = values(host, request)
    parcel_id = await repository.insert_parcel(uow.session, row)
    if parcel_id is not None:
        await repository.add_key(
            uow.session,
            digest=tracking_digest(row["tracking_code"]),
            parcel_id=parcel_id,
            merchant_id=request.merchant_id,
            holder_id=None,
        )
    made = await repository.of_order(uow.session, request.merchant_order_id)
    if made is None:
        raise NotFoundError("There is no such parcel.")
    if parcel_id is not None:
        await _step(uow, made, ParcelState.ANNOUNCED, "", clock.now())
    return made


def values(host: Host, request: ParcelRequest) -> dict[str, Any]:
    """A new parcel's columns."""
    carrier, _, option = request.option_key.partition(":")
    kind = DeliveryKind.PICK_UP if carrier == PICK_UP_POINT else DeliveryKind.COURIER
    recipient = request.recipient
    moment = clock.now()
    return {
        "id": new_id(),
        "organization_id": request.merchant_id,
        "consortium_id": request.consortium_id,
        "merchant_order_id": request.merchant_order_id,
        "order_reference": request.order_reference,
        "carrier": carrier,
        "option": option,
        "kind": kind.value,
        "state": ParcelState.ANNOUNCED.value,
        "moved_at": moment,
        "created_at": moment,
        "weight_grams": request.weight_grams,
        "recipient_name": recipient.name,
        "street": recipient.street,
        "postcode": recipient.postcode,
        "city": recipient.city,
        "istat_code": recipient.istat_code,
        "phone": recipient.phone,
        "email_sealed": host.cipher.encrypt({"email": request.recipient_email}),
        "email_digest": BY_ADDRESS.value(host.identity.secret, request.recipient_email),
        "locale": request.locale,
        "point_id": request.point_id if kind is DeliveryKind.PICK_UP else None,
        "tracking_code": new_tracking_code(),
        "code_issue": 0,
        "booking": BookingState.NONE.value,
        "booking_reference": "",
        "booking_reason": "",
        "booking_attempts": 0,
    }


async def _step(
    uow: UnitOfWork, row: ParcelRow, state: ParcelState, place: str, moment: datetime
) -> None:
    uow.session.add(
        ParcelEvent(
            id=new_id(),
            organization_id=row.organization_id,
            consortium_id=row.consortium_id,
            parcel_id=row.id,
            state=state.value,
            occurred_at=moment,
            place=place,
            actor_id=uow.caller.user_id,
        )
    )
    await uow.session.flush()
    uow.record(
        ParcelMoved(
            organization_id=row.organization_id,
            aggregate_id=row.id,
            merchant_order_id=row.merchant_order_id,
            state=state.value,
        )
    )


async def move(
    host: Host,
    uow: UnitOfWork,
    row: ParcelRow,
    state: ParcelState,
    *,
    place: str = "",
    occurred_at: datetime | None = None,
    by_code: bool = False,
) -> None:
    """Move a locked parcel within reach; the caller's service has checked who may.

    ConflictError where it cannot go. What arrives at its point gets the shopper's code; a
    parcel whose point is the merchant's own arrives there as soon as it is packed.
    """
    kind = DeliveryKind(row.kind)
    check_move(kind, ParcelState(row.state), state, by_code=by_code)
    if len(place) > PLACE_LIMIT:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field="place", limit=PLACE_LIMIT
        )
    moment = occurred_at or clock.now()
    row.state, row.moved_at = state.value, moment
    await _step(uow, row, state, place, moment)
    if state is ParcelState.READY and kind is DeliveryKind.COURIER:
        uow.enqueue(BOOK, _job(row))
    if state is ParcelState.READY and await _at_home(uow, row):
        await move(host, uow, row, ParcelState.AT_PICK_UP_POINT, occurred_at=moment)
        return
    if state is ParcelState.AT_PICK_UP_POINT:
        await issue_code(host, uow, row)
    if state in {ParcelState.DELIVERED, ParcelState.RETURNED}:
        await repository.drop_pick_up_keys(uow.session, row.id)
    if state in _COUNTED:
        uow.enqueue(REPORT_USAGE, _job(row, at=moment.isoformat()))
    if state in _TOLD:
        tell(uow, row, state)


def tell(uow: UnitOfWork, row: ParcelRow, state: ParcelState) -> None:
    """Let the shopper know of a step after the commit."""
    uow.enqueue(TELL, _job(row, state=state.value, issue=row.code_issue))


async def _at_home(uow: UnitOfWork, row: ParcelRow) -> bool:
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    return point is not None and point.organization_id == row.organization_id


async def issue_code(host: Host, uow: UnitOfWork, row: ParcelRow) -> None:
    """Make a new code for the shopper; the ones before are void."""
    point = await points.get(uow.session, row.point_id) if row.point_id else None
    if point is None:
        raise ConflictError("This parcel goes to no pick-up point.")
    codes = PickUpCodes.of(host)
    await repository.drop_pick_up_keys(uow.session, row.id)
    taken = False
    while not taken:
        row.code_issue += 1
        taken = await repository.add_key(
            uow.session,
            digest=codes.digest(point.organization_id, codes.code(row.id, row.code_issue)),
            parcel_id=row.id,
            merchant_id=row.organization_id,
            holder_id=point.organization_id,
        )
    row.code_issued_at = clock.now()
    await uow.session.flush()


async def by_label(uow: UnitOfWork, code: str, *, lock: bool = False) -> ParcelRow:
    """The parcel whose label bears a code, brought within reach. NotFoundError otherwise."""
    key = await repository.key(uow.session, tracking_digest(code))
    row = None
    if key is not None and key.holder_id is None:
        await uow.widen([key.merchant_id])
        row = await repository.get(
            uow.session, key.parcel_id, merchant_id=key.merchant_id, lock=lock
        )
    if row is None:
        raise NotFoundError(
            "There is no parcel with this number. Compare it with the label.", field="label"
        )
    return row


async def renew_code(host: Host, uow: UnitOfWork, row: ParcelRow) -> None:
    """Send the shopper a new code for a parcel that waits; once in ten minutes at most."""
    if row.state != ParcelState.AT_PICK_UP_POINT:
        raise ConflictError("This parcel does not wait at a pick-up point.")
    recent = row.code_issued_at and clock.now() - row.code_issued_at < CODE_PAUSE
    if recent or row.code_issue >= CODE_ISSUES:
        raise TooManyError("A code was sent a moment ago: look for the mail, or try later.")
    await issue_code(host, uow, row)
    tell(uow, row, ParcelState.AT_PICK_UP_POINT)


async def renew_code_by_label(host: Host, uow: UnitOfWork, code: str) -> None:
    """The same, for whoever has the tracking page: the code goes to the shopper alone."""
    await renew_code(host, uow, await by_label(uow, code, lock=True))


async def cancel(host: Host, uow: UnitOfWork, row: ParcelRow) -> None:
    """Call a parcel off that has not left. ConflictError afterwards; again changes nothing."""
    if row.state == ParcelState.CANCELLED:
        return
    await move(host, uow, row, ParcelState.CANCELLED)
    if row.booking != BookingState.NONE:
        uow.enqueue(CALL_OFF, _job(row))
