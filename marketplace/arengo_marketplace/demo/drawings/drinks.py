"""Things to drink."""

from arengo_marketplace.demo.drawings.canvas import Canvas, darker, dots, lighter, mix, smooth
from arengo_marketplace.demo.drawings.scene import emblem, shadow


def _bottle(c: Canvas, x: float, glass: str, label: str) -> None:
    shadow(c, x, 85, 11.5)
    outline = dots(
        "-3.6,14 3.6,14 3.8,33 6.5,39 10.5,45 11,50 11,83 "
        "9.5,86 -9.5,86 -11,83 -11,50 -10.5,45 -6.5,39 -3.8,33",
        (x, 0),
    )
    c.shape(outline, glass)
    c.within(outline, lambda: c.box(x + 3.5, 10, x + 20, 90, darker(glass, 0.25)))
    c.line([(x - 8, 50), (x - 8, 80)], 1.2, lighter(glass, 0.4))
    c.box(x - 11, 55, x + 11, 75, label)
    c.box(x + 4.5, 55, x + 11, 75, darker(label, 0.07))


def wine(c: Canvas) -> None:
    """A bottle and a glass."""
    glass = c.dice.pick(["#33452f", "#2b3b44", "#4a2530"])
    drink = c.dice.pick(["#7c1733", "#8f2a3c", "#e3c45f"])
    foil = c.dice.pick(["#7a2f2b", "#b08d3e", "#2f3a4f"])
    _bottle(c, 41, glass, "#f7f0e1")
    c.box(37, 13, 45, 28, foil, r=1)
    emblem(c, 41, 65, 6.5, "#f7f0e1", foil)
    shadow(c, 68, 86, 9, 2.4)
    c.ellipse(68, 85.3, 8.5, 1.9, "#eef3f3")
    c.line([(68, 68), (68, 85)], 1.3, "#eef3f3")
    bowl = smooth(dots("58.5,44 77.5,44 79,56 75,66 68,69.5 61,66 57,56"), closed=True)
    c.shape(bowl, mix("#ffffff", drink, 0.14))

    def pour() -> None:
        c.box(50, 54, 90, 75, drink)
        c.ellipse(68, 54, 11.5, 1.9, lighter(drink, 0.22))

    c.within(bowl, pour)
    c.line([(61, 49), (60.6, 60)], 0.9, "#ffffff")


def spirit(c: Canvas) -> None:
    """A low flask of herb liqueur and a small glass."""
    drink = c.dice.pick(["#8c9b3b", "#a9651f", "#c9a227", "#5c2e22"])
    shadow(c, 43, 84, 20)
    c.box(38, 22, 48, 42, mix("#ffffff", drink, 0.45))
    c.box(37, 16, 49, 26, "#b98552", r=1.8)
    c.box(25, 40, 61, 85, mix("#ffffff", drink, 0.4), r=8)
    c.box(27, 49, 59, 83, drink, r=6.5)
    c.box(48, 49, 59, 83, darker(drink, 0.14), r=6.5)
    c.box(28.8, 52, 30.6, 79, lighter(drink, 0.5), r=0.9)
    c.box(32, 56, 54, 76, "#fbf5e6", r=2)
    c.curve([(43, 74), (43, 66), (44.5, 59)], 0.8, "#4e7a48")
    for y, side in ((70, -1), (68, 1), (65, -1), (63, 1)):
        c.blob(
            [(43, y), (43 + side * 3, y - 3), (43 + side * 6, y - 3), (43 + side * 3.5, y)],
            "#5b8a45",
        )
    shadow(c, 74, 85, 7, 2.2)
    c.shape(dots("66.5,66 81.5,66 79.5,85 68.5,85"), "#eef3f3")
    c.shape(dots("67.3,71 80.7,71 79.4,82.5 68.7,82.5"), drink)


def beer(c: Canvas) -> None:
    """A brown bottle and a full mug."""
    drink = c.dice.pick(["#e0a030", "#b8651f", "#f0c75a"])
    label = c.dice.pick(["#dfe5c4", "#f2cfc0", "#cfe0e6"])
    _bottle(c, 33, "#5b3a22", label)
    c.box(29, 13, 37, 17, "#c9ccd0", r=1)
    emblem(c, 33, 65, 6, label, c.dice.pick(["#3f5d4c", "#7a2f2b", "#31506b"]))
    shadow(c, 66, 86, 16)
    c.ring(80, 65, 9, 3, "#e4ecec")
    c.box(52, 46, 80, 86, "#e4ecec", r=3)
    c.box(54, 50, 78, 83.5, drink, r=2)
    for x in (58, 64, 70):
        c.box(x, 56, x + 2.2, 79, lighter(drink, 0.3), r=1.1)
    for x, y, r in ((55, 47, 6), (63, 44, 7), (71, 45, 6.5), (78, 48, 5), (59, 50, 5), (68, 50, 6)):
        c.ellipse(x, y, r, r * 0.85, "#fff9ea")


def tea(c: Canvas) -> None:
    """A steaming cup among leaves and flowers."""
    cup = c.dice.pick(["#f7f2ea", "#7fa3a8", "#c9775b", "#e3c16f"])
    leaf = c.dice.pick(["#5b8a45", "#6f9a6a", "#47705a"])
    petal = c.dice.pick(["#fffaf0", "#e6a5b8", "#c8a8dc"])
    shadow(c, 47, 83, 34, 4)
    c.ellipse(47, 80.5, 33, 5, darker(cup, 0.16))
    c.ellipse(47, 79.3, 33, 4.6, cup)
    c.ring(71, 60, 9, 3, darker(cup, 0.12))
    outline = dots("22,51 72,51 70,64 62,76 54,80 40,80 32,76 24,64")
    c.shape(outline, cup)
    c.within(outline, lambda: c.shape(dots("56,50 80,50 80,82 50,82"), darker(cup, 0.09)))
    c.ellipse(47, 51, 25, 5.4, lighter(cup, 0.35))
    c.ellipse(47, 51.6, 22.5, 4.3, c.dice.pick(["#c9912f", "#a8642a", "#b9a53f"]))
    c.blob(dots("41,51 46,49.5 51,51 46,52.8"), leaf)
    for x in (38, 47, 56):
        c.curve(dots("0,43 2.5,37 -2.5,31 0,24", (x, 0)), 1.3, "#ffffff")
    for x, y, side in ((80, 86, 1), (77, 82, -0.3), (86, 84, 1.2)):
        c.blob([(x, y), (x + side * 3, y - 6), (x + side * 9, y - 8), (x + side * 6, y - 1)], leaf)
    for x, y in ((81, 85), (14, 87)):
        for dx, dy in ((0, -2.6), (2.5, -0.8), (1.5, 2.1), (-1.5, 2.1), (-2.5, -0.8)):
            c.ellipse(x + dx, y + dy, 1.9, 1.9, petal)
        c.ellipse(x, y, 1.5, 1.5, "#e8b53a")


def milk(c: Canvas) -> None:
    """A bottle of milk and a cup of yoghurt."""
    cap = c.dice.pick(["#4a78a0", "#c8453c", "#5b8a55", "#d8b04c"])
    shadow(c, 38, 85, 16)
    outline = dots("31,24 45,24 45,36 51,46 53,54 53,83 50,86 26,86 23,83 23,54 25,46 31,36")
    c.shape(outline, "#eef4f5")

    def fill() -> None:
        c.box(24.5, 41, 51.5, 84, "#fffdf8")
        c.box(45, 41, 51.5, 84, "#ece7dd")

    c.within(outline, fill)
    c.box(29.5, 18, 46.5, 26, cap, r=2)
    emblem(c, 37.5, 64, 8, "#fffdf8", cap)
    shadow(c, 70, 85, 13)
    c.shape(dots("57,58 83,58 80,86 60,86"), "#f7f2ea")
    c.shape(dots("74,58 83,58 80,86 72.5,86"), "#e6ded1")
    c.shape(dots("57.5,65 82.5,65 81.2,77 58.8,77"), cap)
    c.ellipse(70, 58, 13.5, 3, "#fffdf8")
    c.ellipse(70, 57.6, 11, 2.1, lighter(cap, 0.7))
    for x, y in ((67, 57), (71, 56.2), (74, 57.6)):
        c.ellipse(x, y, 1.5, 1.3, c.dice.pick(["#8e1f3a", "#4b2a63"]))
