from collections import Counter
from itertools import pairwise

import pytest
import shapely

from arengo_marketplace.register import Point, Polygon, boundary, records

KNOWN_HOLES = {
    "San Marino": (12.463, 43.938),
    "Vatican City": (12.453, 41.904),
    "papal villas at Castel Gandolfo": (12.654, 41.739),
    "Moransengo-Tonengo": (8.017, 45.118),
    "Bardello con Malgesso e Bregano": (8.684, 45.827),
}


@pytest.fixture(scope="module")
def shapes() -> dict[str, tuple[Polygon, ...]]:
    return {record.istat_code: boundary(record.istat_code) for record in records()}


@pytest.fixture(scope="module")
def geometries(shapes: dict[str, tuple[Polygon, ...]]) -> list[shapely.MultiPolygon]:
    return [
        shapely.MultiPolygon([(polygon[0], polygon[1:]) for polygon in shape])
        for shape in shapes.values()
    ]


def test_every_ring_is_closed_and_encloses_something(
    shapes: dict[str, tuple[Polygon, ...]],
) -> None:
    assert len(shapes) == 7899
    for code, shape in shapes.items():
        assert shape, code
        for polygon in shape:
            for number, ring in enumerate(polygon):
                assert len(ring) >= 4, code
                assert ring[0] == ring[-1], code
                assert len(set(ring)) >= 3, code
                outer = number == 0
                assert (signed_area(ring) > 0) == outer, code


def signed_area(ring: tuple[Point, ...]) -> float:
    """Positive when the ring runs counter-clockwise."""
    x0, y0 = ring[0]
    return sum(
        (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(ring)
    )


def test_neighbours_share_each_border_once_in_each_direction(
    shapes: dict[str, tuple[Polygon, ...]],
) -> None:
    edges = Counter(
        edge
        for shape in shapes.values()
        for polygon in shape
        for ring in polygon
        for edge in pairwise(ring)
    )
    assert set(edges.values()) == {1}, "an edge used twice in one direction is an overlap"
    inner = sum((there, here) in edges for here, there in edges)
    assert inner > 0.7 * len(edges)


def test_nobody_overlaps_a_neighbour(geometries: list[shapely.MultiPolygon]) -> None:
    assert shapely.is_valid(geometries).all()
    assert shapely.coverage_is_valid(geometries)


def test_no_gaps_but_the_states_within_and_what_the_source_lacks(
    geometries: list[shapely.MultiPolygon],
) -> None:
    country = shapely.coverage_union_all(geometries)
    holes = [
        shapely.Polygon(ring) for part in country.geoms for ring in shapely.get_rings(part)[1:]
    ]
    places = {name: shapely.Point(place) for name, place in KNOWN_HOLES.items()}
    for name, place in places.items():
        assert any(hole.contains(place) for hole in holes), name
    assert len(holes) == len(places)


def test_each_shape_is_where_its_centroid_says(
    geometries: list[shapely.MultiPolygon],
) -> None:
    for record, geometry in zip(records(), geometries, strict=True):
        here = geometry.centroid
        assert (here.x, here.y) == pytest.approx((record.longitude, record.latitude), abs=0.02), (
            record.name
        )


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        boundary("999999")
