"""The pick-up point as a carrier: nobody drives, so there is nothing to book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_delivery.contract import (
    Booking,
    CarrierOutcome,
    ParcelRequest,
    Quote,
    TrackingEvent,
)

TITLE = N_("Pick-up point")
OPTION = "counter"


class PickUpPointCarrier:
    """Free of charge; the merchant brings the parcel to the counter."""

    def __init__(self, _host: Host, _settings: Mapping[str, Any]) -> None:
        pass

    async def quote(self, weight_grams: int, origin_istat: str, to_istat: str) -> Sequence[Quote]:
        """One option, free."""
        return [Quote(OPTION, TITLE, Money(0))]

    async def book(self, key: str, option: str, parcel: ParcelRequest) -> Booking:
        """Always possible."""
        return Booking(CarrierOutcome.ACCEPTED, key)

    async def find(self, key: str) -> Booking:
        """Always there."""
        return Booking(CarrierOutcome.ACCEPTED, key)

    async def cancel(self, reference: str) -> Booking:
        """Always possible."""
        return Booking(CarrierOutcome.ACCEPTED, reference)

    async def track(self, reference: str) -> Sequence[TrackingEvent]:
        """The counter's steps are entered here, never fetched."""
        return []
