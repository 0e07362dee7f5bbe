"""Carriers that remote plugins bring: the contract, spoken over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from arengo_core.ids import new_token
from arengo_core.remote.calling import Refusal, Remote, Unknown
from arengo_core.remote.kinds import RemoteKind
from arengo_delivery.contract import (
    Booking,
    Carrier,
    CarrierOutcome,
    ParcelRequest,
    Quote,
    TrackingEvent,
)


@dataclass(frozen=True, slots=True)
class _Quotes:
    quotes: list[Quote]


@dataclass(frozen=True, slots=True)
class _Booked:
    reference: str


@dataclass(frozen=True, slots=True)
class _Steps:
    steps: list[TrackingEvent]


class RemoteCarrier:
    """A carrier behind ``/arengo/carrier/<key>/``: quote, book, find, cancel, track."""

    def __init__(self, remote: Remote, key: str, settings: Mapping[str, Any]) -> None:
        self._remote = remote
        self._path = f"/carrier/{key}"
        self._whose = {
            name: str(settings[name])
            for name in ("merchant_id", "consortium_id")
            if name in settings
        }

    async def quote(self, weight_grams: int, origin_istat: str, to_istat: str) -> Sequence[Quote]:
        """What it asks; nothing where it does not go. NoAnswerError when it does not answer."""
        asked = {
            **self._whose,
            "weight_grams": weight_grams,
            "origin_istat": origin_istat,
            "to_istat": to_istat,
        }
        return (await self._remote.insist(f"{self._path}/quote", asked, _Quotes)).quotes

    async def book(self, key: str, option: str, parcel: ParcelRequest) -> Booking:
        """Order the transport, once for a key."""
        asked = {**self._whose, "key": key, "option": option, "parcel": msgspec.to_builtins(parcel)}
        return _booking(await self._remote.ask(f"{self._path}/book", key, asked, _Booked))

    async def find(self, key: str) -> Booking:
        """What became of a booking; one that it does not know was refused."""
        asked = {**self._whose, "key": key}
        return _booking(await self._remote.ask(f"{self._path}/find", new_token(16), asked, _Booked))

    async def cancel(self, reference: str) -> Booking:
        """Call it off."""
        asked = {**self._whose, "reference": reference}
        answer = await self._remote.ask(
            f"{self._path}/cancel", f"cancel:{reference}", asked, _Booked
        )
        return _booking(answer)

    async def track(self, reference: str) -> Sequence[TrackingEvent]:
        """The steps so far. NoAnswerError when it does not answer."""
        asked = {**self._whose, "reference": reference}
        return (await self._remote.insist(f"{self._path}/track", asked, _Steps)).steps


def _booking(answer: _Booked | Refusal | Unknown) -> Booking:
    if isinstance(answer, Unknown):
        return Booking(CarrierOutcome.UNKNOWN, reason=answer.reason)
    if isinstance(answer, Refusal):
        return Booking(CarrierOutcome.REFUSED, reason=answer.message or answer.code)
    return Booking(CarrierOutcome.ACCEPTED, answer.reference)


def _adapt(
    remote: Remote, key: str, _options: Mapping[str, str], settings: Mapping[str, Any]
) -> RemoteCarrier:
    return RemoteCarrier(remote, key, settings)


CARRIER = RemoteKind(
    "carrier", Carrier, _adapt, tests="arengo_delivery.remote_tests:RemoteCarrierTests"
)
