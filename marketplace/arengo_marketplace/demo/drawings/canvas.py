"""A canvas of 100 units, drawn twice as large as it is delivered so that edges are smooth."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from io import BytesIO
from math import cos, radians, sin
from typing import TypeVar

from PIL import Image, ImageColor, ImageDraw

T = TypeVar("T")
Colour = tuple[int, int, int]
Dot = tuple[float, float]
INK = "#3b2f2f"
OVERSIZE = 2


def mix(one: str | Colour, other: str | Colour, part: float) -> Colour:
    """Return `one` with that part (0 to 1) of `other` in it."""
    a, b = rgb(one), rgb(other)
    return (
        round(a[0] + (b[0] - a[0]) * part),
        round(a[1] + (b[1] - a[1]) * part),
        round(a[2] + (b[2] - a[2]) * part),
    )


def rgb(colour: str | Colour) -> Colour:
    """Return a colour as numbers."""
    if isinstance(colour, tuple):
        return colour
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def darker(colour: str | Colour, part: float = 0.18) -> Colour:
    """Return the colour in shade."""
    return mix(colour, "#2a1f2d", part)


def lighter(colour: str | Colour, part: float = 0.3) -> Colour:
    """Return the colour in light."""
    return mix(colour, "#ffffff", part)


class Dice:
    """Choices that depend on a seed alone."""

    def __init__(self, seed: str) -> None:
        """Begin the row of choices for this seed."""
        self._seed = seed
        self._throws = 0

    def number(self) -> float:
        """Return the next number from 0 up to 1."""
        self._throws += 1
        digest = blake2b(f"{self._seed}/{self._throws}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") / 2**32

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.number() * len(options))]

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to `high`."""
        return low + (high - low) * self.number()


class Canvas:
    """What the drawings draw on; coordinates in hundredths of the height, y downwards."""

    def __init__(self, seed: str, width: int = 800, height: int = 800) -> None:
        """Take an empty canvas of so many pixels, and the dice for its choices."""
        self.dice = Dice(seed)
        self.origin: Dot = (0, 0)
        self.table: Colour = (255, 255, 255)
        self.unit = height * OVERSIZE / 100
        self.across = 100 * width / height
        self.image = Image.new("RGB", (width * OVERSIZE, height * OVERSIZE))
        self.pen = ImageDraw.Draw(self.image)

    def webp(self) -> bytes:
        """Return the finished picture."""
        target = BytesIO()
        self.image.reduce(OVERSIZE).save(target, "WEBP", quality=82, method=1)
        return target.getvalue()

    def _scaled(self, points: Sequence[Dot]) -> list[Dot]:
        left, top = self.origin
        return [(x * self.unit - left, y * self.unit - top) for x, y in points]

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str | Colour) -> None:
        """Fill an ellipse about a centre."""
        self.pen.ellipse(self._scaled([(x - rx, y - ry), (x + rx, y + ry)]), fill=fill)

    def ring(self, x: float, y: float, r: float, width: float, fill: str | Colour) -> None:
        """Draw a circle's line."""
        box = self._scaled([(x - r, y - r), (x + r, y + r)])
        self.pen.ellipse(box, outline=fill, width=round(width * self.unit))

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: str | Colour, r: float = 0
    ) -> None:
        """Fill a rectangle with corners rounded by `r`."""
        self.pen.rounded_rectangle(self._scaled([(x0, y0), (x1, y1)]), r * self.unit, fill=fill)

    def shape(self, points: Sequence[Dot], fill: str | Colour) -> None:
        """Fill a polygon."""
        self.pen.polygon(self._scaled(points), fill=fill)

    def blob(self, points: Sequence[Dot], fill: str | Colour) -> None:
        """Fill the smooth closed curve through the points."""
        self.shape(smooth(points, closed=True), fill)

    def line(self, points: Sequence[Dot], width: float, fill: str | Colour) -> None:
        """Draw a line with round ends and joints."""
        scaled, thick = self._scaled(points), width * self.unit
        self.pen.line(scaled, fill=fill, width=round(thick), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            r = thick / 2
            self.pen.ellipse([x - r, y - r, x + r, y + r], fill=fill)

    def curve(self, points: Sequence[Dot], width: float, fill: str | Colour) -> None:
        """Draw the smooth open curve through the points."""
        self.line(smooth(points, closed=False), width, fill)

    def within(self, outline: Sequence[Dot], paint: Callable[[], None]) -> None:
        """Keep of what `paint` draws only the part inside the outline."""
        scaled = self._scaled(outline)
        x, y = int(min(x for x, _ in scaled)), int(min(y for _, y in scaled))
        size = (int(max(x for x, _ in scaled)) + 1 - x, int(max(y for _, y in scaled)) + 1 - y)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(px - x, py - y) for px, py in scaled], fill=255)
        whole, pen, origin = self.image, self.pen, self.origin
        self.image = whole.crop((x, y, x + size[0], y + size[1]))
        self.pen, self.origin = ImageDraw.Draw(self.image), (origin[0] + x, origin[1] + y)
        paint()
        whole.paste(self.image, (x, y), mask)
        self.image, self.pen, self.origin = whole, pen, origin


def dots(text: str, at: Dot = (0, 0), size: float = 1) -> list[Dot]:
    """Return the points written as `x,y x,y ...`, enlarged by `size` and moved to `at`."""
    pairs = (pair.split(",") for pair in text.split())
    return [(at[0] + size * float(x), at[1] + size * float(y)) for x, y in pairs]


def smooth(points: Sequence[Dot], *, closed: bool) -> list[Dot]:
    """Return a Catmull-Rom curve through the points as short straight pieces."""
    count, steps = len(points), 12
    pieces = count if closed else count - 1
    result: list[Dot] = []
    for i in range(pieces):
        p0, p1, p2, p3 = (
            points[(i + k) % count] if closed else points[min(max(i + k, 0), count - 1)]
            for k in (-1, 0, 1, 2)
        )
        for step in range(steps):
            t = step / steps
            result.append(
                (spline(p0[0], p1[0], p2[0], p3[0], t), spline(p0[1], p1[1], p2[1], p3[1], t))
            )
    return result if closed else [*result, points[-1]]


def spline(a: float, b: float, c: float, d: float, t: float) -> float:
    """Return the Catmull-Rom value between `b` and `c` at `t`."""
    return 0.5 * (
        2 * b
        + (c - a) * t
        + (2 * a - 5 * b + 4 * c - d) * t * t
        + (3 * b - a - 3 * c + d) * t * t * t
    )


def oval(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Dot]:
    """Return points along an ellipse, angles in degrees clockwise from the right."""
    steps = max(int(abs(end - start) / 4), 2)
    angles = [radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * cos(a), y + ry * sin(a)) for a in angles]


def turned(points: Sequence[Dot], degrees: float, about: Dot) -> list[Dot]:
    """Return the points turned clockwise about a place."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return [
        (
            about[0] + (x - about[0]) * c - (y - about[1]) * s,
            about[1] + (x - about[0]) * s + (y - about[1]) * c,
        )
        for x, y in points
    ]
