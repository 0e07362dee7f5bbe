"""Drawing municipalities as an SVG map, on the server and without inline style.

Colours are the theme's: each shape carries classes. The `fill` and `stroke` attributes are what
shows without a stylesheet; any CSS rule overrides them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from xml.sax.saxutils import escape, quoteattr

from arengo_marketplace.register.boundaries import Point, Polygon, boundary
from arengo_marketplace.register.records import by_istat

MARGIN = 12
MOST_NAMES = 12
MOST_MARKS = 60
NAME_SIZE = 15


@dataclass(frozen=True, slots=True)
class Area:
    """One municipality on a map."""

    istat_code: str
    label: str
    """What a pointer or a screen reader is told: `Lanzada: 1.260 abitanti`."""
    css_class: str = "map-member"
    fill: str = "#cfe3d6"
    """Colour where no stylesheet sets one."""
    mark: str = ""
    """What is written on it, below its name: a class of a legend, say, told by more than colour."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Degrees to drawing units: local equirectangular, true to scale at the middle latitude."""

    west: float
    north: float
    across: float
    down: float
    width: int
    height: int

    @classmethod
    def around(cls, points: Collection[Point], width: int) -> "Frame":
        """Return the frame that shows all the points, `width` units wide."""
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        narrowing = cos(radians((south + north) / 2))
        down = min(
            (width - 2 * MARGIN) / max((east - west) * narrowing, 1e-9),
            (width * 1.25 - 2 * MARGIN) / max(north - south, 1e-9),
        )
        return cls(
            west,
            north,
            down * narrowing,
            down,
            round((east - west) * down * narrowing) + 2 * MARGIN,
            round((north - south) * down) + 2 * MARGIN,
        )

    def place(self, point: Point) -> Point:
        """Return where a point in degrees stands in the drawing, y downwards."""
        return (
            round(MARGIN + (point[0] - self.west) * self.across, 1),
            round(MARGIN + (self.north - point[1]) * self.down, 1),
        )


def draw(
    areas: Sequence[Area],
    *,
    title: str,
    description: str,
    context: Iterable[str] = (),
    width: int = 800,
    identifier: str = "map",
) -> str:
    """Return an SVG element that shows the areas, and `context` (ISTAT codes) pale behind them.

    A dozen areas or fewer have their names written on them, sixty or fewer their marks. The
    `identifier` must be unique on the page. Raises `KeyError` for an unknown ISTAT code and
    `ValueError` for no areas.
    """
    if not areas:
        raise ValueError("a map needs at least one municipality")
    shapes = [(area, boundary(area.istat_code)) for area in areas]
    frame = Frame.around(
        [point for _, shape in shapes for polygon in shape for point in polygon[0]], width
    )
    shown = {area.istat_code for area in areas}
    behind = [_path(boundary(code), frame) for code in context if code not in shown]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" '
        f'viewBox="0 0 {frame.width} {frame.height}" '
        f"aria-labelledby={quoteattr(f'{identifier}-title {identifier}-desc')}>",
        f"<title id={quoteattr(f'{identifier}-title')}>{escape(title)}</title>",
        f"<desc id={quoteattr(f'{identifier}-desc')}>{escape(description)}</desc>",
        '<g stroke="#ffffff" stroke-width="1" stroke-linejoin="round" fill-rule="evenodd">',
        *(f'<path class="map-context" fill="#eef0f2" d="{path}"/>' for path in behind),
        *(
            f"<path class={quoteattr(area.css_class)} fill={quoteattr(area.fill)} "
            f'd="{_path(shape, frame)}"><title>{escape(area.label)}</title></path>'
            for area, shape in shapes
        ),
        "</g>",
    ]
    if len(areas) <= MOST_MARKS:
        parts.append(_names(areas, frame, named=len(areas) <= MOST_NAMES))
    return "".join([*parts, "</svg>"])


def _path(shape: Sequence[Polygon], frame: Frame) -> str:
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in map(frame.place, ring[:-1])) + "Z"
        for polygon in shape
        for ring in polygon
    )


def _names(areas: Iterable[Area], frame: Frame, *, named: bool) -> str:
    texts: list[str] = []
    for area in areas:
        record = by_istat(area.istat_code)
        x, y = frame.place((record.longitude, record.latitude))
        for text in (record.name if named else "", area.mark):
            if text:
                texts.append(f'<text x="{x:g}" y="{y:g}">{escape(text)}</text>')
                y = round(y + NAME_SIZE * 1.2, 1)
    return (
        f'<g class="map-names" aria-hidden="true" font-size="{NAME_SIZE}" text-anchor="middle" '
        f'font-family="sans-serif" fill="#17324d" stroke="#ffffff" stroke-width="3" '
        f'stroke-linejoin="round" paint-order="stroke">{"".join(texts)}</g>'
    )
