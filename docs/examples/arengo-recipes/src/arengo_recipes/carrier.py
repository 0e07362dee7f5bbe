"""A carrier: a post that is asked over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from arengo_core.host import Host
from arengo_core.money import Money
from arengo_delivery.contract import (
    Booking,
    CarrierOutcome,
    ParcelRequest,
    ParcelState,
    Quote,
    TrackingEvent,
)
from arengo_recipes.asking import Refusal, Server, Unknown

_HEAVIEST = 20_000


class MountainPost:
    """Drives between municipalities of one province, up to 20 kg."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def quote(self, weight_grams: int, origin_istat: str, to_istat: str) -> Sequence[Quote]:
        """EUR 4, and EUR 0.50 a kilogram; the first three digits are the province."""
        if weight_grams > _HEAVIEST or origin_istat[:3] != to_istat[:3]:
            return []
        kilograms = -(-weight_grams // 1_000)
        return [Quote("parcel", "Mountain post", Money(400 + 50 * kilograms))]

    async def book(self, key: str, option: str, parcel: ParcelRequest) -> Booking:
        """The post keeps one booking for a key."""
        answer = await self._server.ask(
            "POST",
            "/bookings",
            key,
            option=option,
            grams=parcel.weight_grams,
            to=f"{parcel.recipient.street}, {parcel.recipient.postcode} {parcel.recipient.city}",
        )
        return _booking(answer)

    async def find(self, key: str) -> Booking:
        """The post finds a booking by its key."""
        return _booking(await self._server.ask("GET", "/bookings", key))

    async def cancel(self, reference: str) -> Booking:
        """Call it off, as long as it has not left."""
        answer = await self._server.ask("POST", f"/bookings/{reference}/cancel")
        if isinstance(answer, dict):
            return Booking(CarrierOutcome.ACCEPTED, reference)
        return _booking(answer)

    async def track(self, reference: str) -> Sequence[TrackingEvent]:
        """Where the parcel was; nothing while the post does not answer."""
        answer = await self._server.ask("GET", f"/bookings/{reference}")
        steps = answer["steps"] if isinstance(answer, dict) else []
        return [
            TrackingEvent(ParcelState(step["state"]), datetime.fromisoformat(step["at"]))
            for step in steps
        ]


def _booking(answer: dict[str, Any] | Refusal | Unknown) -> Booking:
    if isinstance(answer, Unknown):
        return Booking(CarrierOutcome.UNKNOWN, reason=answer.reason)
    if isinstance(answer, Refusal):
        return Booking(CarrierOutcome.REFUSED, reason=answer.message)
    if answer["status"] == "cancelled":
        return Booking(CarrierOutcome.REFUSED, answer["id"], "cancelled")
    return Booking(CarrierOutcome.ACCEPTED, answer["id"])


def make_post(_host: Host, settings: Mapping[str, Any]) -> MountainPost:
    """From the settings that the deployment holds."""
    return MountainPost(Server(str(settings.get("address", "")), str(settings.get("token", ""))))
