"""Things for the mountain and the garden."""

from math import cos, radians, sin

from arengo_marketplace.demo.drawings.canvas import (
    Canvas,
    darker,
    dots,
    lighter,
    mix,
    oval,
    smooth,
    turned,
)
from arengo_marketplace.demo.drawings.scene import shadow

PAINTS = ["#c8453c", "#31708f", "#3f7a5a", "#d98a2b", "#5a4a7a", "#2f3a4f"]


def ski(c: Canvas) -> None:
    """A pair of skis and a stick."""
    paint = c.dice.pick(PAINTS)
    shadow(c, 50, 84, 26)
    c.line([(74, 20), (71, 83)], 1.1, "#3b3f46")
    c.box(72.2, 15, 76.2, 25, "#3b3f46", r=1.5)
    c.ellipse(71.6, 76, 4.2, 1.3, "#3b3f46")
    for x, tilt in ((41, -5), (56, 5)):
        ski_shape = turned(
            smooth(dots("0,11 4.4,18 3.6,48 4.2,84 -4.2,84 -3.6,48 -4.4,18", (x, 0)), closed=True),
            tilt,
            (x, 85),
        )
        c.shape(ski_shape, paint)

        def trim(x: float = x, tilt: float = tilt) -> None:
            for y, depth, tone in (
                (20, 5, "#fff6e3"),
                (28, 2, "#fff6e3"),
                (70, 7, darker(paint, 0.3)),
            ):
                c.shape(
                    turned(
                        [(x - 8, y), (x + 8, y - 4), (x + 8, y - 4 + depth), (x - 8, y + depth)],
                        tilt,
                        (x, 85),
                    ),
                    tone,
                )

        c.within(ski_shape, trim)
        for y in (45, 58):
            c.shape(turned(dots("-3.4,0 3.4,0 3.4,6 -3.4,6", (x, y)), tilt, (x, 85)), "#2b2f36")
        c.shape(turned(dots("-1.2,-8 1.2,-8 1.2,0 -1.2,0", (x, y)), tilt, (x, 85)), "#c9ccd0")


def bike(c: Canvas) -> None:
    """A bicycle, from the side."""
    paint = c.dice.pick(PAINTS)
    shadow(c, 50, 84, 40, 2.6)
    for x in (27, 73):
        c.ring(x, 67, 17, 2.4, "#2f3136")
        c.ring(x, 67, 14.8, 0.7, "#c9ccd0")
        for k in range(0, 180, 20):
            dx, dy = 14.6 * cos(radians(k)), 14.6 * sin(radians(k))
            c.line([(x - dx, 67 - dy), (x + dx, 67 + dy)], 0.25, "#c9ccd0")
        c.ellipse(x, 67, 1.8, 1.8, "#5c6068")
    c.line([(27, 67), (47, 69)], 1.6, darker(paint, 0.12))
    c.line([(27, 67), (41, 45)], 1.6, darker(paint, 0.12))
    c.line([(47, 69), (40, 42)], 2.4, paint)
    c.line([(41.5, 47), (64, 44)], 2.4, paint)
    c.line([(47, 69), (65, 48)], 2.6, paint)
    c.line([(62.5, 37), (66, 49), (73, 67)], 2, "#3b3f46")
    c.line([(62, 36), (69, 33)], 1.8, "#2f3136")
    c.line([(40, 42), (39, 38)], 1.4, "#3b3f46")
    c.blob(dots("31,37 38,36.5 46,37 44,39 36,39.6"), "#2f3136")
    c.ring(47, 69, 4.6, 1, "#5c6068")
    c.line([(47, 69), (51, 76)], 1.3, "#5c6068")
    c.line([(48.6, 76.4), (54, 76)], 1.5, "#2f3136")


def boots(c: Canvas) -> None:
    """A pair of walking boots."""
    leather = c.dice.pick(["#8a5a34", "#6e5a4a", "#5c6b52", "#a0653a"])
    lace = c.dice.pick(["#c8453c", "#e8c25a", "#f3e6d2"])
    for x, y, tone in ((8, -4, darker(leather, 0.2)), (0, 0, leather)):
        shadow(c, 50 + x, 84 + y, 28, 3)
        c.blob(dots("30,34 50,33 52,50 58,60 72,65 77,73 76,80 29,80 28,60", (x, y)), tone)
        c.blob(
            dots("30,31 51,30 52,36 30,38", (x, y)),
            darker(tone, 0.3),
        )
        c.box(26 + x, 78 + y, 78 + x, 84 + y, "#33302f", r=2.4)
        for k in range(29, 78, 5):
            c.box(k + x, 82 + y, k + 2.4 + x, 85 + y, "#33302f")
        c.blob(dots("64,68 72,66 77,73 76,79 64,79", (x, y)), darker(tone, 0.2))
        for k in range(5):
            c.line(
                [(45 + k * 2.4 + x, 40 + k * 5 + y), (52 + k * 2.6 + x, 38.5 + k * 5 + y)],
                1.1,
                lace,
            )


def bag(c: Canvas) -> None:
    """A rucksack."""
    cloth = c.dice.pick([*PAINTS, "#8f7a4a"])
    strap = c.dice.pick(["#b98552", "#4a3a33", "#e0c48a"])
    shadow(c, 50, 84, 26)
    c.ring(50, 24, 6, 1.8, strap)
    c.box(27, 32, 73, 85, cloth, r=9)
    c.box(60, 34, 73, 85, darker(cloth, 0.13), r=8)
    c.box(22, 58, 30, 80, darker(cloth, 0.2), r=3)
    c.box(70, 58, 78, 80, darker(cloth, 0.25), r=3)
    c.box(32, 58, 68, 81, lighter(cloth, 0.12), r=5)
    c.box(32, 58, 68, 64, darker(cloth, 0.1), r=3)
    c.blob(
        dots("26,33 36,25 64,25 74,33 73,50 60,53 40,53 27,50"),
        lighter(cloth, 0.06),
    )
    for x in (38, 62):
        c.box(x - 2, 28, x + 2, 62, strap, r=0.8)
        c.box(x - 3, 55, x + 3, 60, "#d9dfe2", r=1)
        c.box(x - 1.6, 56.2, x + 1.6, 58.8, strap)


def flower(c: Canvas) -> None:
    """A plant in a pot."""
    petal = c.dice.pick(["#c8453c", "#e58aa0", "#fffaf0", "#8e6fb8", "#e8b53a", "#4a78b8"])
    clay = c.dice.pick(["#c2703f", "#a9b3b0", "#e4d3b5"])
    leaf = c.dice.pick(["#4e7a48", "#6f9a5a", "#47705a"])
    shadow(c, 50, 85, 17)
    heads = [(50, 25, 8.5), (34, 34, 7.5), (66, 33, 7.5), (42, 44, 6.5), (59, 45, 6.5)]
    for x, y, _ in heads:
        c.curve([(50, 66), ((50 + x) / 2, (66 + y) / 2 + 3), (x, y)], 1.2, leaf)
    for side in (-1, 1):
        c.blob([(50, 66), (50 + side * 9, 54), (50 + side * 24, 52), (50 + side * 16, 62)], leaf)
        c.blob(
            [(50, 67), (50 + side * 12, 62), (50 + side * 22, 66), (50 + side * 12, 68)],
            darker(leaf, 0.15),
        )
    for x, y, r in heads:
        for k in range(0, 360, 60):
            centre = turned([(x, y - r * 0.62)], k + r * 9, (x, y))[0]
            c.ellipse(*centre, r * 0.46, r * 0.46, petal)
        for k in range(30, 390, 60):
            centre = turned([(x, y - r * 0.4)], k + r * 9, (x, y))[0]
            c.ellipse(*centre, r * 0.34, r * 0.34, darker(petal, 0.08))
        c.ellipse(x, y, r * 0.3, r * 0.3, "#f2c84b" if petal != "#e8b53a" else "#7a4a2b")
    c.shape(dots("36,66 64,66 60,85 40,85"), clay)
    c.shape(dots("54,66 64,66 60,85 53,85"), darker(clay, 0.14))
    c.box(33, 62, 67, 69, lighter(clay, 0.1), r=1.6)


def bouquet(c: Canvas) -> None:
    """Mountain flowers wrapped in paper."""
    tones = c.dice.pick(
        [
            ["#e58aa0", "#fffaf0", "#c8453c"],
            ["#8e6fb8", "#4a78b8", "#fffaf0"],
            ["#e8b53a", "#d9733a", "#fffaf0"],
        ]
    )
    paper = c.dice.pick(["#d9c19a", "#f2ece0", "#b9cdcf"])
    shadow(c, 50, 86, 16)
    for k in range(-48, 49, 16):
        tip = turned([(50, 20)], k, (50, 72))[0]
        c.curve([(50, 72), ((50 + tip[0]) / 2, (72 + tip[1]) / 2), tip], 1, "#4e7a48")
        c.blob(turned(dots("50,36 54,28 50,17 46,28"), k + 8, (50, 72)), "#5b8a55")
    for k, (x, y) in enumerate(
        (
            (50, 24),
            (36, 29),
            (64, 29),
            (27, 39),
            (73, 39),
            (43, 38),
            (57, 38),
            (50, 48),
            (36, 48),
            (64, 48),
        )
    ):
        tone, r = tones[k % len(tones)], 6.4
        for turn in range(0, 360, 45):
            centre = turned([(x, y - r * 0.7)], turn, (x, y))[0]
            c.ellipse(*centre, r * 0.4, r * 0.4, tone)
        c.ellipse(x, y, r * 0.6, r * 0.6, darker(tone, 0.08))
        c.ellipse(x, y, r * 0.3, r * 0.3, "#f2c84b")
    c.shape(dots("24,50 50,58 76,50 57,84 43,84"), paper)
    c.shape(dots("50,58 76,50 57,84 48,84"), darker(paper, 0.1))
    c.line([(42.5, 74), (57.5, 74)], 2, tones[0])
    for side in (-1, 1):
        c.blob([(50, 74), (50 + side * 6, 70), (50 + side * 9, 74), (50 + side * 6, 77)], tones[0])
    c.ellipse(50, 74, 1.7, 1.7, darker(tones[0], 0.15))


def lantern(c: Canvas) -> None:
    """A lamp for huts and dark paths."""
    metal = c.dice.pick(["#5c6068", "#b9683a", "#3f6b57", "#b23a3a"])
    shadow(c, 50, 84, 20)
    c.curve(dots("33,44 35,20 50,13 65,20 67,44"), 1.2, darker(metal, 0.2))
    c.shape(dots("40,32 60,32 66,43 34,43"), metal)
    c.box(43, 25, 57, 33, darker(metal, 0.15), r=2)
    glass = oval(50, 57, 16.5, 17)
    c.shape(glass, "#fff3cf")
    c.within(glass, lambda: c.ellipse(50, 60, 10, 12, mix("#fff3cf", "#f2a531", 0.35)))
    c.blob(dots("50,48 53.4,58 52,65 48,65 46.6,58"), "#f2a531")
    c.blob(dots("50,55 51.8,60 50,64.5 48.2,60"), "#fff8dc")
    for x in (36, 64):
        c.line([(x, 43), (x, 72)], 1.3, darker(metal, 0.1))
    c.shape(dots("36,71 64,71 69,84 31,84"), metal)
    c.shape(dots("54,71 64,71 69,84 56,84"), darker(metal, 0.16))
