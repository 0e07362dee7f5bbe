"""Jobs that talk to carriers, between two transactions of their own.

A lost answer is *unknown*: the next try asks what became of the booking before it books again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job
from arengo_delivery.carriers.keys import VALLEY_COURIER
from arengo_delivery.contract import (
    Booking,
    Carrier,
    CarrierOutcome,
    DeliveryKind,
    ParcelRequest,
    ParcelState,
)
from arengo_delivery.offering import SERVICE_KEY
from arengo_delivery.parcels import repository, service
from arengo_delivery.parcels.models import BookingState, ParcelRow
from arengo_delivery.parcels.service import BOOK, CALL_OFF
from arengo_delivery.parcels.states import UNFINISHED, next_states
from arengo_delivery.parcels.views import as_request

TRACK = "delivery.track"
ATTEMPTS = 8
TRACK_EVERY = 1800.0
_FIRST_PAUSE = 30.0
_STATES = {
    CarrierOutcome.ACCEPTED: BookingState.ACCEPTED,
    CarrierOutcome.REFUSED: BookingState.REFUSED,
    CarrierOutcome.UNKNOWN: BookingState.UNKNOWN,
}
_OPEN = frozenset({ParcelState.ANNOUNCED, ParcelState.READY})


@dataclass(frozen=True, slots=True)
class Asked:
    """A parcel whose carrier is being asked."""

    key: str
    carrier: Carrier
    request: ParcelRequest
    option: str
    before: BookingState


def carrier_of(host: Host, row: ParcelRow) -> Carrier:
    """The carrier of a parcel."""
    return host.provider(
        Carrier,
        row.carrier,
        {"merchant_id": row.organization_id, "consortium_id": row.consortium_id},
    )


def pause_after(attempts: int) -> float:
    """Seconds until the next try: half a minute, three times as long each time, with jitter."""
    return _FIRST_PAUSE * 3 ** (attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter


async def book(host: Host, payload: dict[str, Any]) -> None:
    """Job: order the transport of a packed parcel. Does nothing once that is settled."""
    merchant, parcel_id = UUID(payload["merchant"]), UUID(payload["parcel"])
    asked = await _ask(host, merchant, parcel_id)
    if asked is None:
        return
    try:
        answer = Booking(CarrierOutcome.REFUSED)
        if asked.before in {BookingState.ASKED, BookingState.UNKNOWN}:
            answer = await asked.carrier.find(asked.key)
        if answer.outcome is CarrierOutcome.REFUSED:
            answer = await asked.carrier.book(asked.key, asked.option, asked.request)
    except UnavailableError as error:
        answer = Booking(CarrierOutcome.UNKNOWN, reason=str(error.__cause__ or error))
    await _note(host, merchant, parcel_id, answer)


async def _ask(host: Host, merchant: UUID, parcel_id: UUID) -> Asked | None:
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant, lock=True)
        settled = {BookingState.ACCEPTED, BookingState.REFUSED}
        if row is None or row.booking in settled or row.state not in _OPEN:
            return None
        before = BookingState(row.booking)
        row.booking, row.booking_attempts = BookingState.ASKED.value, row.booking_attempts + 1
        return Asked(str(row.id), carrier_of(host, row), as_request(host, row), row.option, before)


async def _note(host: Host, merchant: UUID, parcel_id: UUID, answer: Booking) -> None:
    payload = {"merchant": str(merchant), "parcel": str(parcel_id)}
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant, lock=True)
        if row is None or row.booking == BookingState.ACCEPTED:
            return
        row.booking = _STATES[answer.outcome].value
        row.booking_reference, row.booking_reason = answer.reference, answer.reason[:300]
        if answer.outcome is CarrierOutcome.UNKNOWN and row.booking_attempts < ATTEMPTS:
            uow.enqueue(BOOK, payload, delay=pause_after(row.booking_attempts))
        if answer.outcome is CarrierOutcome.ACCEPTED and row.state == ParcelState.CANCELLED:
            uow.enqueue(CALL_OFF, payload)
        elif answer.outcome is CarrierOutcome.ACCEPTED and row.carrier != VALLEY_COURIER:
            uow.enqueue(TRACK, payload, delay=TRACK_EVERY)


async def call_off(host: Host, payload: dict[str, Any]) -> None:
    """Job: tell the carrier that a cancelled parcel does not come."""
    merchant, parcel_id = UUID(payload["merchant"]), UUID(payload["parcel"])
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant)
        if row is None or row.booking != BookingState.ACCEPTED:
            return
        carrier, reference = carrier_of(host, row), row.booking_reference
    answer = await carrier.cancel(reference)
    if answer.outcome is CarrierOutcome.UNKNOWN:
        raise UnavailableError("The carrier did not say whether it called the parcel off.")
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant, lock=True)
        if row is not None:
            row.booking, row.booking_reason = BookingState.NONE.value, answer.reason[:300]


async def track(host: Host, payload: dict[str, Any]) -> None:
    """Job: move a parcel as its carrier tells; comes back until the parcel is at its end."""
    merchant, parcel_id = UUID(payload["merchant"]), UUID(payload["parcel"])
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant)
        if row is None or row.state not in UNFINISHED:
            return
        carrier, reference, since = carrier_of(host, row), row.booking_reference, row.moved_at
    steps = sorted(await carrier.track(reference), key=lambda step: step.occurred_at)
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        row = await repository.get(uow.session, parcel_id, merchant_id=merchant, lock=True)
        if row is None:
            return
        for step in steps:
            allowed = next_states(DeliveryKind(row.kind), ParcelState(row.state))
            if step.occurred_at <= since or step.state not in allowed:
                continue
            await service.move(
                host,
                uow,
                row,
                step.state,
                place=step.place[: service.PLACE_LIMIT],
                occurred_at=min(step.occurred_at, clock.now()),
            )
        if row.state in UNFINISHED:
            uow.enqueue(TRACK, payload, delay=TRACK_EVERY)


async def book_again(uow: UnitOfWork, row: ParcelRow) -> None:
    """Ask the carrier once more, by the merchant's word."""
    if row.booking not in {BookingState.REFUSED, BookingState.UNKNOWN} or row.state not in _OPEN:
        raise ConflictError("There is nothing to ask the carrier again.")
    lost = row.booking == BookingState.UNKNOWN
    row.booking = BookingState.UNKNOWN.value if lost else BookingState.NONE.value
    row.booking_attempts = 0
    await uow.session.flush()
    uow.enqueue(BOOK, {"merchant": str(row.organization_id), "parcel": str(row.id)})


JOBS = [
    Job(name, handle, title=title, service=SERVICE_KEY, finishes=True)
    for name, handle, title in (
        (BOOK, book, N_("Book a parcel with the carrier")),
        (CALL_OFF, call_off, N_("Call a parcel off with the carrier")),
        (TRACK, track, N_("Ask the carrier where a parcel is")),
    )
]
