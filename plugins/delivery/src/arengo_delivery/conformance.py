"""The carriers that this plugin brings, tried by their contract's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from arengo_core.host import Host
from arengo_delivery.carriers import keys
from arengo_delivery.carriers.pick_up_point import PickUpPointCarrier
from arengo_delivery.carriers.valley_courier import ValleyCourier
from arengo_delivery.contract import ParcelRequest
from arengo_delivery.contract_tests import CarrierContract, parcel_request
from arengo_delivery.tariffs.schedule import HEAVIEST, Schedule
from arengo_marketplace.testing import ConsortiumMade, MemberMade


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
