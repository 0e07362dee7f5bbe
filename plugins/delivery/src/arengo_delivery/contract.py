"""What others may use of delivery: carriers to bring, and parcels to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.outbox.events import Event


class ParcelState(StrEnum):
    """Where a parcel stands."""

    ANNOUNCED = "announced"
    READY = "ready"
    IN_TRANSIT = "in_transit"
    AT_PICK_UP_POINT = "at_pick_up_point"
    DELIVERED = "delivered"  # at the door, or handed over at the counter
    RETURNED = "returned"
    CANCELLED = "cancelled"


class DeliveryKind(StrEnum):
    """How goods reach the shopper."""

    COURIER = "courier"
    PICK_UP = "pick_up"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes. ``istat_code`` decides the tariff."""

    name: str
    street: str
    postcode: str
    city: str
    istat_code: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PickUpPoint:
    """A municipal counter or a shop where parcels wait; hours are shown as written."""

    id: UUID
    name: str
    address: str
    opening_hours: str


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A way to deliver one merchant's goods, with its price (VAT included).

    ``title`` is a msgid: what is ordered is read later, perhaps in another language.
    """

    key: str
    carrier: str
    kind: DeliveryKind
    title: str
    price: Money
    points: tuple[PickUpPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ParcelRequest:
    """A parcel of a merchant order. Idempotent by ``merchant_order_id``."""

    merchant_id: UUID
    merchant_order_id: UUID
    consortium_id: UUID
    order_reference: str
    option_key: str
    weight_grams: int
    recipient: Address
    recipient_email: str
    locale: str
    point_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as others see it; ``tracking_path`` leads to its public page."""

    id: UUID
    merchant_order_id: UUID
    carrier: str
    kind: DeliveryKind
    state: ParcelState
    tracking_code: str
    tracking_path: str
    point: PickUpPoint | None = None


@dataclass(frozen=True, slots=True)
class ParcelMoved(Event):
    """A parcel changed its state. Organization: the merchant; aggregate: the parcel."""

    name: ClassVar[str] = "delivery.parcel_moved"
    title: ClassVar[str] = N_("A parcel moved on")

    merchant_order_id: UUID
    state: str


class Delivery(Protocol):
    """Capability of service ``delivery``, in the caller's transaction.

    Ask ``host.capability(uow, Delivery, merchant)``: NotActiveError where the shop has it
    neither by itself nor covered by its municipality; for several, ``host.capability_among``.
    """

    async def options(
        self, weights: Mapping[UUID, int], consortium_id: UUID, destination_istat: str | None
    ) -> Mapping[UUID, Sequence[DeliveryOption]]:
        """Ways to deliver from each merchant a weight in grams.

        Couriers only with a known destination. InvalidInputError for a weight below 0.
        """
        ...

    async def announce(self, request: ParcelRequest) -> Parcel:
        """Make a parcel. InvalidInputError for an option or point that is not there."""
        ...

    async def ready(self, merchant_order_id: UUID) -> Parcel:
        """The merchant packed it: the courier may come, or it goes to its pick-up point.

        The shopper gets the code once it is there: at once where the point is the merchant's own.
        """
        ...

    async def parcel_of(self, merchant_order_id: UUID) -> Parcel | None:
        """The parcel of a merchant order, if it has one."""
        ...

    async def cancel(self, merchant_order_id: UUID) -> None:
        """Call a parcel off that has not left. ConflictError afterwards."""
        ...


class CarrierOutcome(StrEnum):
    """How a carrier answered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # settled by asking with the same key


@dataclass(frozen=True, slots=True)
class Quote:
    """A carrier's price for a parcel; None of it where the carrier does not go there."""

    option: str
    title: str
    price: Money


@dataclass(frozen=True, slots=True)
class Booking:
    """What a carrier answered to a booking."""

    outcome: CarrierOutcome
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """A step of a parcel's way, as the carrier told it."""

    state: ParcelState
    occurred_at: datetime
    place: str = ""


class Carrier(Protocol):
    """A carrier, registered as a Provider of this contract with its key.

    Idempotent by ``key``; any call may take up to the host's time limit.
    """

    async def quote(self, weight_grams: int, origin_istat: str, to_istat: str) -> Sequence[Quote]:
        """Prices for a parcel."""
        ...

    async def book(self, key: str, option: str, parcel: ParcelRequest) -> Booking:
        """Order the transport."""
        ...

    async def find(self, key: str) -> Booking:
        """What became of a booking whose answer was lost."""
        ...

    async def cancel(self, reference: str) -> Booking:
        """Call it off."""
        ...

    async def track(self, reference: str) -> Sequence[TrackingEvent]:
        """The steps so far."""
        ...
