"""What stands around every object: a wall, a view and a table."""

from arengo_marketplace.demo.drawings.canvas import Canvas, Colour, Dot, darker, dots, lighter, mix

TABLE = 70.0
WALLS = [
    ("#f3d9b1", "#c98f5a"),
    ("#cfe0d4", "#a9805b"),
    ("#d6e2ee", "#b08a66"),
    ("#f2cfc0", "#a86f58"),
    ("#e6dcef", "#9c7f74"),
    ("#dfe5c4", "#b58b57"),
    ("#c9dde0", "#8f7460"),
    ("#f4e3d3", "#7f9183"),
    ("#e9d3a8", "#7d6a60"),
    ("#d9d6cf", "#a66f4e"),
]
CLOTHS = [
    ("#b23a3a", "#f3e6d2"),
    ("#31506b", "#e9d3a8"),
    ("#3f6b57", "#f3e6d2"),
    ("#c98a2b", "#5a3325"),
    ("#6b4a73", "#e8dcef"),
]
"""Wool and cloth: a colour, and one that goes with it."""

PEAKS: list[Dot] = dots(
    "-5,71 -5,52 8,43 15,48 28,30 36,39 42,34 54,47 68,27 80,42 86,38 106,55 106,71"
)


def setting(canvas: Canvas) -> None:
    """Paint the wall, a view chosen by the dice, and the table."""
    wall, table = canvas.dice.pick(WALLS)
    canvas.table = mix(table, wall, 0.25)
    canvas.box(0, 0, 100, 100, wall)
    canvas.dice.pick([sun, peaks, arch])(canvas, wall)
    canvas.box(-1, TABLE, 101, 101, canvas.table)
    canvas.box(-1, TABLE, 101, TABLE + 0.7, lighter(canvas.table, 0.25))


def sun(canvas: Canvas, wall: str) -> None:
    """A large pale disc."""
    canvas.ellipse(50, 47, 37, 37, lighter(wall, 0.45))


def peaks(canvas: Canvas, wall: str) -> None:
    """The mountains, far off, with a low sun."""
    canvas.ellipse(canvas.dice.pick([22, 78]), 20, 7, 7, lighter(wall, 0.6))
    canvas.shape(PEAKS, mix(wall, "#5f7d86", 0.22))
    canvas.shape([(x + 20, y * 0.72 + 22) for x, y in PEAKS], mix(wall, "#5f7d86", 0.34))
    canvas.shape([(x - 40, y * 0.72 + 22) for x, y in PEAKS], mix(wall, "#5f7d86", 0.34))


def arch(canvas: Canvas, wall: str) -> None:
    """A niche in the wall."""
    for inset, colour in ((0, darker(wall, 0.08)), (2.2, lighter(wall, 0.35))):
        canvas.ellipse(50, 42 + inset, 34 - inset, 34 - inset, colour)
        canvas.box(16 + inset, 42, 84 - inset, 72, colour)


def shadow(canvas: Canvas, x: float, y: float, rx: float, ry: float = 3.2) -> None:
    """The shadow that an object casts on the table, to the right of it."""
    canvas.ellipse(x + rx * 0.08, y, rx * 1.08, ry, darker(canvas.table, 0.22))


def emblem(canvas: Canvas, x: float, y: float, r: float, paper: str, colour: str | Colour) -> None:
    """A label's device in place of words: a mountain in a disc."""
    canvas.ellipse(x, y, r, r, colour)
    canvas.shape(
        [
            (x - r * 0.72, y + r * 0.42),
            (x - r * 0.12, y - r * 0.55),
            (x + r * 0.16, y - r * 0.1),
            (x + r * 0.34, y - r * 0.28),
            (x + r * 0.74, y + r * 0.42),
        ],
        paper,
    )
