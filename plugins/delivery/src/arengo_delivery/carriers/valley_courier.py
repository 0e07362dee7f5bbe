"""The valley courier: the consortium's own carrier, priced by its tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_delivery.carriers import repository
from arengo_delivery.contract import (
    Booking,
    CarrierOutcome,
    ParcelRequest,
    ParcelState,
    Quote,
    TrackingEvent,
)
from arengo_delivery.offering import settings_of
from arengo_delivery.parcels import repository as parcels
from arengo_delivery.tariffs.schedule import Schedule

TITLE = N_("Valley courier")
OPTION = "standard"


class ValleyCourier:
    """Quotes by weight and municipality; a booking is a line on the courier's list.

    Settings: ``merchant_id``, and for quotes ``schedule``, the consortium's tariff.
    """

    def __init__(self, host: Host, settings: Mapping[str, Any]) -> None:
        self._host = host
        self._merchant: UUID | None = settings.get("merchant_id")
        self._schedule: Schedule | None = settings.get("schedule")

    async def quote(self, weight_grams: int, origin_istat: str, to_istat: str) -> Sequence[Quote]:
        """The tariff's price; nothing where the courier does not go or lift."""
        price = self._schedule.price(weight_grams, to_istat) if self._schedule else None
        return [] if price is None else [Quote(OPTION, TITLE, Money(price))]

    def _reach(self) -> Caller:
        return Caller.program([self._merchant] if self._merchant else [])

    async def book(self, key: str, option: str, parcel: ParcelRequest) -> Booking:
        """Put the parcel on the list of the courier's next day; the same key once."""
        if option != OPTION:
            return Booking(CarrierOutcome.REFUSED, reason=f"no option {option}")
        async with self._host.unit_of_work(Caller.program([parcel.merchant_id])) as uow:
            settings = await settings_of(self._host, uow, parcel.merchant_id)
            await repository.put(
                uow.session,
                {
                    "id": new_id(),
                    "organization_id": parcel.merchant_id,
                    "consortium_id": parcel.consortium_id,
                    "key": key,
                    "reference": f"VC-{new_id().hex[-12:].upper()}",
                    "merchant_order_id": parcel.merchant_order_id,
                    "collect_on": settings.next_collection(clock.today()),
                    "created_at": clock.now(),
                },
            )
        return await self.find(key)

    async def find(self, key: str) -> Booking:
        """The booking under a key, if there is one."""
        async with self._host.unit_of_work(self._reach(), read_only=True) as uow:
            row = (
                await repository.by_key(uow.session, self._merchant, key)
                if self._merchant
                else None
            )
            if row is None or row.cancelled_at is not None:
                return Booking(CarrierOutcome.REFUSED, reason="not booked")
            return Booking(CarrierOutcome.ACCEPTED, row.reference)

    async def cancel(self, reference: str) -> Booking:
        """Take the parcel off the list."""
        async with self._host.unit_of_work(self._reach()) as uow:
            row = (
                await repository.by_reference(uow.session, self._merchant, reference)
                if self._merchant
                else None
            )
            if row is None:
                return Booking(CarrierOutcome.REFUSED, reference, "not booked")
            row.cancelled_at = row.cancelled_at or clock.now()
            return Booking(CarrierOutcome.ACCEPTED, reference)

    async def track(self, reference: str) -> Sequence[TrackingEvent]:
        """The steps that people entered."""
        async with self._host.unit_of_work(self._reach(), read_only=True) as uow:
            if self._merchant is None:
                return []
            row = await repository.by_reference(uow.session, self._merchant, reference)
            parcel = await parcels.of_order(uow.session, row.merchant_order_id) if row else None
            if parcel is None:
                return []
            events = await parcels.events(uow.session, self._merchant, parcel.id)
            return [
                TrackingEvent(ParcelState(event.state), event.occurred_at, event.place)
                for event in reversed(events)
            ]
