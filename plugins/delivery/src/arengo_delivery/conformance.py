"""The carriers that this plugin brings, tried by their contract's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from arengo_core import clock
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_delivery.carriers import keys
from arengo_delivery.carriers.pick_up_point import PickUpPointCarrier
from arengo_delivery.carriers.valley_courier import ValleyCourier
from arengo_delivery.contract import ParcelRequest
from arengo_delivery.contract_tests import CarrierContract, parcel_request
from arengo_delivery.parcels.service import REPORT_USAGE
from arengo_delivery.tariffs.schedule import HEAVIEST, Schedule
from arengo_marketplace.testing import ConsortiumMade, MemberMade

OPEN = {
    "a parcel on its way arrives after a suspension too": (
        "/*/parcels*",
        "/*/counter*",
        "/office/courier",
    ),
    "who waits for a parcel has a code for it": (
        "/tracking/*",
        "Query.parcelTracking",
        "Mutation.requestPickUpCode",
    ),
    "kept points are changed and closed at any time; a new one asks the gate": (
        "/*/pick-up-points*",
    ),
    "shoppers'; it answers of members with the service": (
        "Query.pickUpPoints",
        "Query.deliveryOptions",
    ),
    "the consortium's tariffs": (
        "/office/delivery*",
        "menu /office/delivery",
        "Query.courierTariffs",
    ),
}
"""What names no service, by why it is open; the kit asks for each."""


async def _counted(_host: Host, member: UUID) -> dict[str, Any]:
    return {"merchant": str(member), "parcel": str(new_id()), "at": clock.now().isoformat()}


PAYLOADS = {REPORT_USAGE: _counted}
"""What jobs are tried with, made for a member; the kit runs each twice."""


class TestValleyCourier(CarrierContract):
    """The consortium's own courier, with its usual tariff; it keeps its list in our tables."""

    provider = keys.VALLEY_COURIER
    is_remote = False
    too_heavy = HEAVIEST

    @pytest.fixture
    async def parcel(
        self,
        make_consortium: Callable[..., Awaitable[ConsortiumMade]],
        make_merchant: Callable[..., Awaitable[MemberMade]],
    ) -> ParcelRequest:
        """A parcel of a shop that is a member."""
        consortium = await make_consortium()
        shop = await make_merchant(consortium.id, consortium.lead.id)
        return parcel_request(merchant_id=shop.id, consortium_id=consortium.id)

    @pytest.fixture
    def carrier(self, host: Host, parcel: ParcelRequest) -> ValleyCourier:
        """As the delivery service makes it for a shop."""
        settings: dict[str, Any] = {
            "merchant_id": parcel.merchant_id,
            "schedule": Schedule({}, frozenset({self.destination})),
        }
        return ValleyCourier(host, settings)


class TestPickUpPoint(CarrierContract):
    """Nobody drives, so nothing is booked."""

    provider = keys.PICK_UP_POINT
    is_remote = False
    keeps_bookings = False

    @pytest.fixture
    def carrier(self, host: Host) -> PickUpPointCarrier:
        """There is nothing to set."""
        return PickUpPointCarrier(host, {})
