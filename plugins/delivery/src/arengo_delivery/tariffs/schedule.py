"""The arithmetic of tariffs: from weight and destination to a price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arengo_core.errors import InvalidInputError

VALLEY = "valley"
ELSEWHERE = "elsewhere"
HEAVIEST = 50_000
DEAREST = 50_000


@dataclass(frozen=True, slots=True)
class Band:
    """A price (minor units of EUR, VAT included) for parcels up to a weight."""

    up_to_grams: int
    price: int


Bands = tuple[Band, ...]

DEFAULTS: Mapping[str, Bands] = {
    VALLEY: (
        Band(2_000, 390),
        Band(5_000, 490),
        Band(10_000, 690),
        Band(20_000, 990),
        Band(30_000, 1_390),
    ),
    ELSEWHERE: (
        Band(2_000, 690),
        Band(5_000, 890),
        Band(10_000, 1_190),
        Band(20_000, 1_590),
        Band(30_000, 2_190),
    ),
}
"""What a consortium's courier asks until its office says otherwise."""


def check(bands: Bands) -> Bands:
    """The bands, lightest first. InvalidInputError naming the fault."""
    ordered = tuple(sorted(bands, key=lambda band: band.up_to_grams))
    weights = [band.up_to_grams for band in ordered]
    if len(set(weights)) != len(weights):
        raise InvalidInputError("A weight stands there twice: give each once.", field="bands")
    for band in ordered:
        if not 1 <= band.up_to_grams <= HEAVIEST:
            raise InvalidInputError(
                "{value} g is no weight of a parcel: from 1 to {limit} g is possible.",
                field="bands",
                value=band.up_to_grams,
                limit=HEAVIEST,
            )
        if not 0 <= band.price <= DEAREST:
            raise InvalidInputError(
                "A price is from 0 to {limit} cents.", field="bands", limit=DEAREST
            )
    return ordered


@dataclass(frozen=True, slots=True)
class Schedule:
    """All prices of a consortium, and which municipalities are its valley."""

    tariffs: Mapping[str, Bands]
    valley: frozenset[str]

    def bands_to(self, istat_code: str) -> Bands:
        """The bands that hold for a municipality: its own, else those of its zone."""
        if istat_code in self.tariffs:
            return self.tariffs[istat_code]
        zone = VALLEY if istat_code in self.valley else ELSEWHERE
        return self.tariffs.get(zone, DEFAULTS[zone])

    def price(self, weight_grams: int, istat_code: str) -> int | None:
        """Minor units of EUR; None where the courier does not carry that weight there."""
        fitting = (b.price for b in self.bands_to(istat_code) if weight_grams <= b.up_to_grams)
        return next(fitting, None)
