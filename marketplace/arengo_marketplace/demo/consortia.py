"""The demo's consortia: real municipalities, by the number of the real programmes.

Only Valmalenco's membership is as it is; that of the larger ones is illustrative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arengo_marketplace import register
from arengo_marketplace.register import MunicipalityRecord


@dataclass(frozen=True, slots=True)
class DemoConsortium:
    """A consortium of the demo; the first municipality is the lead."""

    slug: str
    name: str
    towns: Callable[[], Sequence[MunicipalityRecord]]
    is_illustrative: bool = True


def _valmalenco() -> list[MunicipalityRecord]:
    return [register.by_istat(code) for code in ("014019", "014013", "014036", "014062")]


def _around(lead: str, provinces: Sequence[str], count: int) -> list[MunicipalityRecord]:
    """The municipalities of the provinces that lie nearest to the lead."""
    towns = [record for province in provinces for record in register.of_province(province)]
    centre = register.by_istat(lead)

    def distance(record: MunicipalityRecord) -> float:
        across = (record.longitude - centre.longitude) * 0.7
        return across**2 + (record.latitude - centre.latitude) ** 2

    return sorted(towns, key=distance)[:count]


def _piemonte() -> list[MunicipalityRecord]:
    """The 553 most thinly peopled of the region; the most populous of them leads."""
    towns = [record for record in register.of_region("Piemonte") if record.population]
    thin = sorted(towns, key=lambda record: (record.population or 0) / float(record.area_km2))[:553]
    return sorted(thin, key=lambda record: (-(record.population or 0), record.istat_code))


CONSORTIA = {
    place.slug: place
    for place in (
        DemoConsortium(
            "valmalenco", "Smart Land Valmalenco (demo)", _valmalenco, is_illustrative=False
        ),
        DemoConsortium(
            "canavese",
            "Territori Innovativi Canavese (demo)",
            lambda: _around("001125", ["TO"], 162),
        ),
        DemoConsortium(
            "marche-sud",
            "Marche Sud (demo)",
            lambda: _around("044066", ["AP", "FM"], 64),
        ),
        DemoConsortium("piemonte", "SmartValley Piemonte (demo)", _piemonte),
    )
}
