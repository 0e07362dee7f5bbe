"""Who the municipalities are: attributes, and ways to look one up."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import msgspec

from arengo_marketplace.register.files import load

AREA_DIGITS = 4
CENTROID_SCALE = 100_000


@dataclass(frozen=True, slots=True)
class MunicipalityRecord:
    """One municipality as the public register knows it."""

    istat_code: str
    """Six digits, leading zeros kept: `001001`."""
    name: str
    """In two languages where the register has two: `Bolzano/Bozen`."""
    cadastral_code: str
    """The Agenzia delle Entrate's code, as in a tax code: `C628`."""
    province: str
    province_code: str
    """Two letters: `SO`."""
    region: str
    population: int | None
    """Residents in `population_year()`; None where the source does not know."""
    area_km2: Decimal
    """Square kilometres, to four places."""
    longitude: float
    """Of the centroid, degrees east (WGS 84)."""
    latitude: float
    """Of the centroid, degrees north (WGS 84)."""


Row = tuple[str, str, str, int | None, int, int, int]


class AttributesFile(msgspec.Struct):
    """The layout of `attributes.json.gz`; `scripts/municipalities.py` writes it."""

    year: int
    provinces: dict[str, tuple[str, str, str]]
    municipalities: list[Row]


@cache
def attributes() -> AttributesFile:
    """Return the decoded file, read once."""
    return load("attributes.json.gz", AttributesFile)


def population_year() -> int:
    """Return the year that the populations are of."""
    return attributes().year


@cache
def records() -> tuple[MunicipalityRecord, ...]:
    """Return all municipalities in order of their ISTAT codes."""
    provinces = attributes().provinces
    return tuple(
        MunicipalityRecord(
            code,
            name,
            cadastral,
            *provinces[code[:3]],
            population,
            Decimal(area).scaleb(-AREA_DIGITS),
            longitude / CENTROID_SCALE,
            latitude / CENTROID_SCALE,
        )
        for code, name, cadastral, population, area, longitude, latitude in (
            attributes().municipalities
        )
    )


@cache
def _by_code() -> Mapping[str, MunicipalityRecord]:
    return {record.istat_code: record for record in records()}


@cache
def _folded() -> tuple[tuple[str, MunicipalityRecord], ...]:
    return tuple((fold(record.name), record) for record in records())


def fold(text: str) -> str:
    """Return the text in lower case, without accents, apostrophes and doubled spaces."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    return " ".join(plain.replace("'", " ").replace("’", " ").split())


def by_istat(istat_code: str) -> MunicipalityRecord:
    """Return the municipality with this six-digit ISTAT code.

    Raises `KeyError` when there is none.
    """
    return _by_code()[istat_code]


def find(name: str, province: str) -> MunicipalityRecord | None:
    """Return the municipality of that name in a province (its name or two letters), or None.

    Case and accents are ignored, and either half of a name in two languages will do.
    """
    wanted = fold(name)
    return next(
        (
            record
            for record in of_province(province)
            if wanted == fold(record.name) or wanted in map(fold, record.name.split("/"))
        ),
        None,
    )


def of_province(province: str) -> tuple[MunicipalityRecord, ...]:
    """Return the municipalities of a province, given by name or by its two letters."""
    wanted = fold(province)
    return _of_codes(
        code
        for code, (name, letters, _) in attributes().provinces.items()
        if wanted in (fold(name), fold(letters))
    )


def of_region(region: str) -> tuple[MunicipalityRecord, ...]:
    """Return the municipalities of a region, given by name."""
    wanted = fold(region)
    return _of_codes(
        code for code, (_, _, name) in attributes().provinces.items() if wanted == fold(name)
    )


def _of_codes(province_codes: Iterable[str]) -> tuple[MunicipalityRecord, ...]:
    wanted = frozenset(province_codes)
    return tuple(record for record in records() if record.istat_code[:3] in wanted)


def search(text: str, limit: int = 10) -> tuple[MunicipalityRecord, ...]:
    """Return up to `limit` municipalities: of that very name, beginning with it, holding it.

    Case and accents are ignored; the more populous come first in each. An empty text finds
    nothing.
    """
    wanted = fold(text)
    if not wanted:
        return ()
    found = [
        (
            name != wanted,
            not name.startswith(wanted),
            -(record.population or 0),
            record.istat_code,
            record,
        )
        for name, record in _folded()
        if wanted in name
    ]
    return tuple(record for *_, record in sorted(found)[:limit])
