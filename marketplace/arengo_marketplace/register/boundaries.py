"""Where the municipalities are: their boundaries, read only when asked for.

The file keeps each stretch of border once, as an arc that both neighbours use, one of them
backwards. So neighbours can neither overlap nor leave a gap.
"""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import msgspec

from arengo_marketplace.register.files import load

Point = tuple[float, float]
"""Longitude, latitude in degrees (WGS 84)."""

Ring = tuple[Point, ...]
"""Closed: the last point is the first. The inside lies to the left of its direction."""

Polygon = tuple[Ring, ...]
"""The outer ring, then its holes."""


class BoundariesFile(msgspec.Struct):
    """The layout of `boundaries.json.gz`; `scripts/municipalities.py` writes it.

    An arc is its first point, then steps (x, y, dx, dy, ...) in 1/`scale` degree. A ring names
    arcs by number; `~n` is arc n backwards.
    """

    scale: int
    codes: list[str]
    arcs: list[list[int]]
    shapes: list[list[list[list[int]]]]


@cache
def _file() -> BoundariesFile:
    return load("boundaries.json.gz", BoundariesFile)


@cache
def _positions() -> dict[str, int]:
    return {code: position for position, code in enumerate(_file().codes)}


def boundary(istat_code: str) -> tuple[Polygon, ...]:
    """Return the boundary of a municipality, as the polygons of a multipolygon.

    Corners that matter less than about 150 metres are left out. Raises `KeyError` for an
    unknown code.
    """
    return tuple(
        tuple(_ring(ring) for ring in polygon)
        for polygon in _file().shapes[_positions()[istat_code]]
    )


def _ring(numbers: Sequence[int]) -> Ring:
    points: list[Point] = []
    for number in numbers:
        arc = _arc(number) if number >= 0 else _arc(~number)[::-1]
        points.extend(arc[1:] if points else arc)
    return tuple(points)


def _arc(number: int) -> list[Point]:
    steps, scale = _file().arcs[number], _file().scale
    return [
        (x / scale, y / scale)
        for x, y in zip(accumulate(steps[::2]), accumulate(steps[1::2]), strict=True)
    ]
