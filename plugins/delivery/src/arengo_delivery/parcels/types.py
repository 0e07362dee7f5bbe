"""GraphQL types of parcels."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import gettext
from arengo_delivery.contract import DeliveryOption, PickUpPoint
from arengo_delivery.parcels.loaders import PointLoader, StepsLoader
from arengo_delivery.parcels.models import ParcelRow
from arengo_delivery.parcels.tracking import Tracking
from arengo_delivery.parcels.views import tracking_path
from arengo_delivery.points.types import PickUpPointType


@strawberry.type(description="A step of a parcel's way.")
class ParcelStep:
    """One step."""

    state: str
    occurred_at: datetime
    place: str


@strawberry.type(description="Where parcels wait, as a shopper chooses it.")
class PickUpPlace:
    """A pick-up point by the contract."""

    id: strawberry.ID
    name: str
    address: str
    opening_hours: str

    @classmethod
    def of(cls, point: PickUpPoint) -> PickUpPlace:
        """From the contract's view."""
        return cls(
            id=global_id("PickUpPoint", point.id),
            name=point.name,
            address=point.address,
            opening_hours=point.opening_hours,
        )


@strawberry.type(name="DeliveryOption", description="A way to deliver one merchant's goods.")
class DeliveryOptionType:
    """GraphQL face of a delivery option."""

    key: str
    carrier: str
    kind: str = strawberry.field(description="courier or pick_up.")
    title: str
    price: MoneyType = strawberry.field(description="VAT included.")
    points: list[PickUpPlace]

    @classmethod
    def of(cls, option: DeliveryOption) -> DeliveryOptionType:
        """From the contract's view."""
        return cls(
            key=option.key,
            carrier=option.carrier,
            kind=option.kind.value,
            title=gettext(option.title),
            price=MoneyType.of(option.price),
            points=[PickUpPlace.of(point) for point in option.points],
        )


@strawberry.type(name="Parcel", description="A parcel, for its shop and the consortium's office.")
class ParcelType:
    """GraphQL face of a parcel."""

    parcel_id: strawberry.Private[UUID]
    point_id: strawberry.Private[UUID | None]
    id: strawberry.ID
    order_reference: str
    carrier: str
    kind: str = strawberry.field(description="courier or pick_up.")
    state: str
    weight_grams: int
    recipient_name: str
    street: str
    postcode: str
    city: str
    phone: str
    tracking_code: str
    tracking_path: str
    booking: str = strawberry.field(description="none, asked, accepted, refused or unknown.")
    booking_reference: str
    booking_reason: str
    created_at: datetime
    moved_at: datetime

    @classmethod
    def of(cls, row: ParcelRow) -> ParcelType:
        """From its row."""
        return cls(
            parcel_id=row.id,
            point_id=row.point_id,
            id=global_id("Parcel", row.id),
            order_reference=row.order_reference,
            carrier=row.carrier,
            kind=row.kind,
            state=row.state,
            weight_grams=row.weight_grams,
            recipient_name=row.recipient_name,
            street=row.street,
            postcode=row.postcode,
            city=row.city,
            phone=row.phone,
            tracking_code=row.tracking_code,
            tracking_path=tracking_path(row),
            booking=row.booking,
            booking_reference=row.booking_reference,
            booking_reason=row.booking_reason,
            created_at=row.created_at,
            moved_at=row.moved_at,
        )

    @strawberry.field(description="The steps, newest first.")
    async def steps(self, info: Info) -> list[ParcelStep]:
        """What happened to the parcel."""
        events = await info.context.loader(StepsLoader).load(self.parcel_id)
        return [
            ParcelStep(state=event.state, occurred_at=event.occurred_at, place=event.place)
            for event in events or []
        ]

    @strawberry.field(description="Where the shopper picks it up; null for couriers.")
    async def point(self, info: Info) -> PickUpPointType | None:
        """The pick-up point."""
        if self.point_id is None:
            return None
        row = await info.context.loader(PointLoader).load(self.point_id)
        return PickUpPointType.of(row) if row else None


@strawberry.type(description="A parcel as anybody sees it who has its number.")
class ParcelTracking:
    """The public view: initials, no address."""

    code: str
    state: str
    carrier: str
    shop: str
    recipient: str = strawberry.field(description="Initials.")
    town: str
    point: PickUpPlace | None
    contact: str
    steps: list[ParcelStep]

    @classmethod
    def of(cls, view: Tracking) -> ParcelTracking:
        """From the public view."""
        return cls(
            code=view.code,
            state=view.state.value,
            carrier=view.carrier,
            shop=view.shop,
            recipient=view.recipient,
            town=view.town,
            point=PickUpPlace.of(view.point) if view.point else None,
            contact=view.contact,
            steps=[
                ParcelStep(state=step.state.value, occurred_at=step.occurred_at, place=step.place)
                for step in view.steps
            ],
        )


@strawberry.type
class ParcelPayload(Payload):
    """The parcel."""

    parcel: ParcelType | None = None


@strawberry.type
class CarriedParcelPayload(Payload):
    """The parcel that was carried."""

    tracking: ParcelTracking | None = None


@strawberry.type
class PickUpCodePayload(Payload):
    """Whether a code is on its way to the shopper."""

    done: bool = False
