"""A valley with delivery active in a town and two shops, and ways to make parcels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from arengo_core.caller import Caller, Role
from arengo_core.identity.models import Person
from arengo_core.ids import new_id
from arengo_delivery.contract import Address, Delivery, Parcel, ParcelRequest
from arengo_delivery.points import service as points
from arengo_delivery.points.models import PickUpPointRow
from arengo_delivery.points.service import PointData
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.testing import ConsortiumMade, MemberMade

SETTINGS = {"courier_days": "tue, fri", "contact": "0342 000000"}


@dataclass(frozen=True)
class Valley:
    """Who takes part in a test."""

    consortium: ConsortiumMade
    offer: Offer
    town: MemberMade
    other_town: MemberMade
    shop: MemberMade
    other_shop: MemberMade
    clerk: Person
    counter: PickUpPointRow

    def parcel(self, **changes) -> ParcelRequest:
        """A parcel to a door in the valley, unless told."""
        to = Address("Maria Rossi", "Via Valle 7", "23020", "Lanzada", "014036", "333 1")
        values = {
            "merchant_id": self.shop.id,
            "merchant_order_id": new_id(),
            "consortium_id": self.consortium.id,
            "order_reference": "A-17-1",
            "option_key": "valley-courier:standard",
            "weight_grams": 1_200,
            "recipient": to,
            "recipient_email": f"{new_id().hex}@shopper.example",
            "locale": "it",
            **changes,
        }
        return ParcelRequest(**values)

    def to_counter(self, **changes) -> ParcelRequest:
        """A parcel to the town's counter."""
        point = {"option_key": "pick-up-point:counter", "point_id": self.counter.id}
        return self.parcel(**{**point, **changes})


@pytest_asyncio.fixture(loop_scope="session")
async def valley(host, make_consortium, make_merchant, make_offer, activate, make_user) -> Valley:
    """The first town and both shops have delivery active; the town keeps a counter."""
    consortium = await make_consortium(("014019", "014036"))
    lead, other = consortium.municipalities
    shop = await make_merchant(consortium.id, lead.id)
    other_shop = await make_merchant(consortium.id, other.id, name="Bottega Altra")
    offer = await make_offer(consortium.id, "delivery")
    for member in (lead, shop.organization, other_shop.organization):
        await activate(member.id, offer, settings=SETTINGS)
    async with host.unit_of_work(Caller.program([lead.id])) as uow:
        counter = await points.create(
            host,
            uow,
            organization_id=lead.id,
            data=PointData("Municipio", "Via Prova 2", "lun–ven 9–12"),
        )
    return Valley(
        consortium,
        offer,
        MemberMade(lead, consortium.lead_officer),
        MemberMade(other, await make_user((other.id, Role.MUNICIPAL_OFFICER))),
        shop,
        other_shop,
        await make_user((lead.id, Role.CLERK)),
        counter,
    )


@pytest.fixture
def announce(host) -> Callable[..., Awaitable[Parcel]]:
    """Make a parcel, packed where told."""

    async def make(request: ParcelRequest, *, ready: bool = False) -> Parcel:
        async with host.unit_of_work(Caller.program([request.merchant_id])) as uow:
            delivery = await host.capability(uow, Delivery, request.merchant_id)
            parcel = await delivery.announce(request)
            if ready:
                parcel = await delivery.ready(request.merchant_order_id)
        return parcel

    return make
