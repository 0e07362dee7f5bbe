"""Things made by hand."""

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
from arengo_marketplace.demo.drawings.scene import CLOTHS, shadow


def pot(c: Canvas) -> None:
    """A turned soapstone pot with copper bands, handles and a lid."""
    stone = c.dice.pick(["#7d8580", "#6c7675", "#8a8f86", "#727a72"])
    copper = "#b9683a"
    shadow(c, 50, 83, 32, 4)
    for x, side in ((21, -1), (79, 1)):
        c.curve([(x - side, 54), (x + side * 7, 55), (x + side * 7, 65), (x - side, 66)], 2, copper)
    body = [*oval(50, 50, 30, 5, 180, 360), (78.5, 76), *oval(50, 77, 28, 7, 0, 180), (21.5, 76)]
    c.shape(body, stone)

    def turning() -> None:
        c.box(62, 40, 84, 90, darker(stone, 0.14))
        c.box(72, 40, 84, 90, darker(stone, 0.26))
        c.box(24, 40, 28, 90, lighter(stone, 0.16))
        for y in (59, 63, 67, 71):
            c.curve([(18, y), (50, y + 5), (82, y)], 0.5, darker(stone, 0.3))
        for y in (53.5, 76):
            c.curve([(18, y), (50, y + 5), (82, y)], 2.2, copper)
            c.curve([(18, y - 0.7), (50, y + 4.3), (82, y - 0.7)], 0.5, lighter(copper, 0.4))

    c.within(body, turning)
    c.ellipse(50, 49.5, 31.5, 6.4, darker(stone, 0.28))
    c.ellipse(50, 47.5, 31.5, 6.2, lighter(stone, 0.14))
    c.ellipse(50, 46.4, 24, 4.2, lighter(stone, 0.24))
    c.box(46.5, 39, 53.5, 46.5, darker(stone, 0.15), r=1.5)
    c.ellipse(50, 38.6, 6.5, 3.1, lighter(stone, 0.2))


def bowl(c: Canvas) -> None:
    """A turned wooden bowl and a spoon."""
    wood = c.dice.pick(["#b07a46", "#8d5a34", "#cfa26b", "#6f4a33"])
    shadow(c, 48, 82, 26, 4)
    outline = [*oval(48, 56, 34, 26, 0, 180), (14, 56)]
    c.shape(outline, wood)

    def grain() -> None:
        c.blob(dots("56,56 86,56 80,76 58,86 46,84"), darker(wood, 0.12))
        for y in (64, 69, 74, 78):
            c.curve([(10, y - 4), (48, y + 4), (86, y - 4)], 0.6, darker(wood, 0.22))

    c.within(outline, grain)
    c.ellipse(48, 56, 34, 8.5, lighter(wood, 0.28))
    c.ellipse(48, 57, 30.5, 6.8, darker(wood, 0.25))
    c.ellipse(48, 58.4, 27, 5.2, darker(wood, 0.12))
    c.box(39, 80, 57, 83.5, darker(wood, 0.25), r=1.5)
    spoon = c.dice.pick(["#d9b98a", "#a97c50"])
    c.line([(60, 57), (82, 31)], 2.2, spoon)
    c.blob(dots("80,35 80,28 86,22 90,24 89,31 84,36"), spoon)
    c.blob(
        dots("82.4,33 82.6,29 86.4,25 88,26 87.4,30.4 84.6,33.6"),
        darker(spoon, 0.14),
    )


def board(c: Canvas) -> None:
    """A cutting board leaning on the wall, with a knife."""
    wood = c.dice.pick(["#c49a6c", "#d9b98a", "#9b6a43"])
    shadow(c, 47, 82, 24)
    c.box(40, 16, 52, 40, wood, r=5)
    c.box(25, 32, 67, 82, wood, r=7)
    c.ellipse(46, 22, 2.3, 2.3, darker(wood, 0.5))
    for x in (32, 38, 45, 53, 60):
        c.curve([(x, 37), (x + c.dice.between(-2.5, 2.5), 57), (x, 79)], 0.6, darker(wood, 0.13))
    c.box(64.5, 38, 67, 76, darker(wood, 0.18), r=1)
    c.shape(dots("76,30 79.5,34 81,44 81,58 75,58"), "#d9dfe2")
    c.shape(dots("76,30 77.4,32 77.4,58 75,58"), "#b8c2c8")
    c.box(74.6, 58, 81.2, 82, darker(wood, 0.45), r=2.4)
    for y in (64, 70, 76):
        c.ellipse(77.9, y, 0.8, 0.8, "#d9dfe2")


def candle(c: Canvas) -> None:
    """Two lit candles."""
    wax = c.dice.pick(["#f3e3bd", "#e7c7c0", "#d9a441", "#c7d3c3", "#b85c4a"])
    for x, top, width in ((38, 48, 10), (61, 34, 11)):
        shadow(c, x, 83, width + 2, 3)
        c.ellipse(x, top - 13, 11, 13, mix("#fff1c4", c.table, 0.12))
        c.shape([*oval(x, top, width, 2.8, 180, 360), *oval(x, 81, width, 3.2, 0, 180)], wax)
        c.shape(
            [(x + width * 0.4, top + 2), (x + width, top), (x + width, 81), (x + width * 0.4, 84)],
            darker(wax, 0.12),
        )
        c.ellipse(x, top, width, 2.8, lighter(wax, 0.4))
        c.blob(
            [
                (x - width * 0.7, top + 1.4),
                (x - width * 0.35, top + 1.8),
                (x - width * 0.4, top + 12),
                (x - width * 0.7, top + 9),
            ],
            lighter(wax, 0.25),
        )
        c.line([(x, top), (x, top - 4.5)], 0.9, "#3b2f2f")
        c.blob(
            [
                (x, top - 19),
                (x + 3.6, top - 9),
                (x + 2.4, top - 4.4),
                (x, top - 3.4),
                (x - 2.4, top - 4.4),
                (x - 3.6, top - 9),
            ],
            "#f2a531",
        )
        c.blob(
            [(x, top - 13), (x + 1.7, top - 7.4), (x, top - 4.4), (x - 1.7, top - 7.4)], "#fff0b8"
        )


def soap(c: Canvas) -> None:
    """Two bars tied with twine, and bubbles."""
    bar = c.dice.pick(["#cfd8a8", "#e3c6b0", "#c9bfdc", "#f0dfb0", "#b9cdcf"])
    second = mix(bar, c.dice.pick(["#8a6a4a", "#ffffff", "#5b8a55"]), 0.3)
    shadow(c, 50, 82, 32, 4)
    for top, colour, inset in ((61, second, 0), (44, bar, 3)):
        c.box(19 + inset, top + 4, 81 - inset, top + 20, darker(colour, 0.18), r=5)
        c.box(19 + inset, top, 81 - inset, top + 14, colour, r=5)
        c.box(24 + inset, top + 2.4, 76 - inset, top + 4, lighter(colour, 0.4), r=0.8)
    c.box(46, 43.5, 54, 81.5, "#efe2c8")
    c.box(47.2, 43.5, 48.2, 81.5, "#b98552")
    c.box(51.8, 43.5, 52.8, 81.5, "#b98552")
    c.curve([(50, 44), (45, 50), (40, 62)], 0.7, "#7f6aa8")
    for x, y in ((46, 48), (45, 51), (43.6, 54), (42, 57), (41, 60)):
        c.ellipse(x - 0.9, y, 1.3, 1.1, "#9a86c4")
        c.ellipse(x + 1, y + 0.6, 1.3, 1.1, "#7f6aa8")
    for x, y, r in ((78, 36, 4.5), (85, 29, 2.6), (72, 27, 3), (22, 34, 3.4)):
        c.ellipse(x, y, r, r, "#ffffff")
        c.ellipse(x, y, r - 0.5, r - 0.5, lighter(bar, 0.6))
        c.ellipse(x - r * 0.35, y - r * 0.35, r * 0.22, r * 0.22, "#ffffff")


def cream(c: Canvas) -> None:
    """A low tin of salve, its lid leaning."""
    lid = c.dice.pick(["#5b8a6a", "#c9775b", "#8e7aa8", "#d8b04c"])
    shadow(c, 52, 82, 34, 4)
    c.ellipse(68, 62, 19, 20, darker(lid, 0.25))
    c.ellipse(66, 61, 19, 20, lid)
    c.ellipse(66, 61, 15.5, 16.4, lighter(lid, 0.2))
    for k in range(6):
        c.blob(turned(dots("66,61 69.5,54 66,48.5 62.5,54"), k * 60, (66, 61)), "#fffaf0")
    c.ellipse(66, 61, 2.6, 2.7, "#e8b53a")
    c.shape([*oval(38, 70, 23, 6, 180, 360), *oval(38, 79, 23, 6, 0, 180)], "#cfd6d8")
    c.shape(dots("48,72 61,70 61,79 48,84"), "#b3bdc1")
    c.ellipse(38, 70, 23, 6, "#e8edee")
    c.ellipse(38, 70.3, 20.5, 4.8, "#fff6dc")
    c.curve(dots("28,70 35,68.3 42,71 49,69.4"), 1.4, "#f3e2b4")


def book(c: Canvas) -> None:
    """A book standing, with mountains on its cover, on another lying."""
    cloth, accent = c.dice.pick(CLOTHS)
    under = c.dice.pick(["#c9775b", "#5f7d86", "#d8b04c", "#7d8b5a"])
    shadow(c, 50, 85, 34, 3.6)
    c.box(18, 76, 82, 85, under, r=1.6)
    c.box(24, 77.6, 82.5, 83.4, "#f7f0e1")
    for y in (79, 80.6, 82):
        c.line([(25, y), (82, y)], 0.3, "#d9ccb4")
    c.shape(dots("68,21 73,24 73,76 68,76"), "#e6dcc8")
    c.box(30, 20, 69, 76, cloth, r=1.6)
    c.box(30, 20, 35, 76, darker(cloth, 0.22), r=1.6)
    cover = dots("38,25 66,25 66,71 38,71")
    c.shape(cover, mix(cloth, accent, 0.85))

    def view() -> None:
        c.ellipse(c.dice.between(45, 59), 35, 4.6, 4.6, cloth)
        c.shape(dots("34,62 46,43 52,51 58,45 70,62"), mix(cloth, accent, 0.35))
        c.shape(dots("30,74 44,56 54,64 62,57 74,74"), cloth)

    c.within(cover, view)


def jewel(c: Canvas) -> None:
    """A pendant of green serpentine on a stand."""
    stone = c.dice.pick(["#3f7a5a", "#5c9a6e", "#2f6660", "#7a9a5a"])
    stand = c.dice.pick(["#3a3437", "#efe6d8", "#5a3a44"])
    shadow(c, 50, 84, 25)
    bust = smooth(
        dots("40,20 50,18 60,20 62,34 72,46 78,62 74,82 50,85 26,82 22,62 28,46 38,34"), closed=True
    )
    c.shape(bust, stand)
    c.within(bust, lambda: c.shape(dots("58,10 90,10 90,90 62,90"), darker(stand, 0.12)))
    c.curve(dots("38,34 41,46 50,55 59,46 62,34"), 0.8, "#d9b65a")
    c.ellipse(50, 56.5, 2, 2, "#d9b65a")
    gem = dots("50,57 57,63 57,70 50,79 43,70 43,63")
    c.shape([(50 + (x - 50) * 1.2, 68 + (y - 68) * 1.14) for x, y in gem], "#d9b65a")
    c.shape(gem, stone)
    c.shape([(50, 57), (57, 63), (50, 66)], lighter(stone, 0.35))
    c.shape([(43, 63), (50, 57), (50, 66)], lighter(stone, 0.2))
    c.shape(dots("57,63 57,70 50,79 50,66"), darker(stone, 0.2))


def toy(c: Canvas) -> None:
    """A wooden cow on wheels."""
    wood = c.dice.pick(["#d9b98a", "#c49a6c", "#e6cfa6"])
    patch = c.dice.pick(["#5a3a2b", "#7a4a2b", "#3b3537"])
    wheel = c.dice.pick(["#b23a3a", "#31506b", "#3f6b57", "#d98a2b"])
    shadow(c, 50, 85, 32)
    c.box(20, 72, 80, 77, darker(wood, 0.25), r=2)
    for x in (29, 41, 60, 71):
        c.box(x - 3, 56, x + 3, 73, darker(wood, 0.1))
    c.blob(dots("24,46 40,42 60,43 74,46 76,60 60,64 40,64 24,60"), wood)
    c.blob(dots("32,44 42,43 45,50 38,55 31,51"), patch)
    c.blob(dots("56,52 66,49 68,58 60,61"), patch)
    c.curve([(75, 48), (81, 54), (80, 66)], 1.4, darker(wood, 0.2))
    c.ellipse(80, 67, 1.8, 3, patch)
    c.curve([(16, 29), (12, 24), (14, 20)], 1.6, "#fffaf0")
    c.curve([(29, 29), (33, 24), (31, 20)], 1.6, "#fffaf0")
    c.blob(dots("13,31 22,27 32,31 31,42 27,52 18,52 14,42"), wood)
    c.blob(dots("15,45 22.5,43 30,45 28,53 17,53"), "#eab9a0")
    for x in (19.5, 25.5):
        c.ellipse(x, 37, 1.2, 1.5, "#2b2326")
        c.ellipse(x, 48.5, 0.8, 0.9, "#8a5a4a")
    for x in (31, 69):
        c.ellipse(x, 79, 7, 7, wheel)
        c.ellipse(x, 79, 2.2, 2.2, lighter(wheel, 0.6))


def bench(c: Canvas) -> None:
    """A wooden bench with a carved heart."""
    wood = c.dice.pick(["#c49a6c", "#a97c50", "#d9b98a"])
    shadow(c, 50, 84, 40, 3.4)
    for x in (20, 76):
        c.box(x, 60, x + 4.5, 84, darker(wood, 0.3), r=0.8)
        c.box(x, 32, x + 4.5, 62, darker(wood, 0.2), r=0.8)
    c.box(14, 34, 86, 52, wood, r=3)
    c.box(14, 42.6, 86, 43.4, darker(wood, 0.25))
    c.blob(dots("50,50 44,44 44,38.6 47.4,37 50,40 52.6,37 56,38.6 56,44"), darker(wood, 0.55))
    c.shape(dots("15,60 85,60 92,67 8,67"), lighter(wood, 0.18))
    c.box(8, 67, 92, 71, darker(wood, 0.18), r=1)
    for x in (13, 81):
        c.box(x, 71, x + 5.5, 86, darker(wood, 0.1), r=0.8)
