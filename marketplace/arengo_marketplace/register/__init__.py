"""The register of Italian municipalities: names, codes, populations, areas and boundaries.

It ships with the program and is read from its own files; it needs no database and no network.
"""

from arengo_marketplace.register.boundaries import Point, Polygon, Ring, boundary
from arengo_marketplace.register.records import (
    MunicipalityRecord,
    by_istat,
    find,
    of_province,
    of_region,
    population_year,
    records,
    search,
)

__all__ = [
    "MunicipalityRecord",
    "Point",
    "Polygon",
    "Ring",
    "boundary",
    "by_istat",
    "find",
    "of_province",
    "of_region",
    "population_year",
    "records",
    "search",
]
