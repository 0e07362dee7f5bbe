"""Things to eat."""

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
from arengo_marketplace.demo.drawings.scene import emblem, shadow


def cheese(c: Canvas) -> None:
    """A wheel with a piece cut out."""
    rind = c.dice.pick(["#c8893f", "#b5763a", "#d9a441", "#a98a5b"])
    paste = c.dice.pick(["#f6df9b", "#f8e8b8", "#f3d27c"])
    height, y, rx, ry = 21, 52, 32, 11.5
    shadow(c, 50, y + height + 2, 34, 12)
    body = [*oval(50, y + height, rx, ry, 0, 180), *oval(50, y, rx, ry, 180, 360)]
    c.shape(body, rind)
    c.within(body, lambda: c.box(58, 30, 90, 95, darker(rind, 0.16)))
    for x in (24, 31, 39, 48, 57, 66, 74):
        c.line([(x, y + 12), (x, y + 27)], 0.5, darker(rind, 0.3))
    c.ellipse(50, y, rx, ry, lighter(rind, 0.28))
    c.ellipse(50, y, rx - 2.5, ry - 1.2, lighter(rind, 0.4))
    left, right = oval(50, y, rx, ry, 118, 118.1)[0], oval(50, y, rx, ry, 38, 38.1)[0]
    arc = oval(50, y, rx, ry, 38, 118)
    c.shape([(50, y), *arc], darker(c.table, 0.3))
    c.shape([(50, y + height), *[(px, py + height + 0.3) for px, py in arc]], darker(c.table, 0.3))
    sink = [(px, py + height) for px, py in (left, right)]
    c.shape([(50, y), right, sink[1], (50, y + height)], paste)
    c.shape([(50, y), left, sink[0], (50, y + height)], darker(paste, 0.14))
    for x, dy, r in ((55, 9, 1.3), (60, 14, 1.8), (66, 13, 1.1), (58, 20, 1.0), (70, 20, 1.2)):
        c.ellipse(x, y + dy, r, r * 0.8, darker(paste, 0.17))
    for x, dy, r in ((47, 14, 0.9), (42, 19, 1.2)):
        c.ellipse(x, y + dy, r * 0.7, r, darker(paste, 0.28))


def bread(c: Canvas) -> None:
    """A loaf with three cuts."""
    crust = c.dice.pick(["#b97335", "#8a5428", "#c98a48", "#6f4526"])
    shadow(c, 50, 79, 33)
    outline = smooth(
        dots("18,73 19,60 30,49 50,45 70,49 81,60 82,73 74,79 50,80.5 26,79"),
        closed=True,
    )
    c.shape(outline, crust)
    c.within(outline, lambda: c.ellipse(46, 52, 38, 21, lighter(crust, 0.16)))
    for x in (35, 50, 65):
        cut = dots("-5,66 -3.2,55 4.5,49.5 3,60", (x, 0))
        c.blob(cut, darker(crust, 0.3))
        c.blob([(px + 0.9, py + 0.6) for px, py in cut], lighter(crust, 0.62))
    for x, y in ((24, 64), (28, 58), (42, 50), (57, 73), (74, 60), (70, 71), (43, 74), (30, 72)):
        c.ellipse(x, y, 1.1, 0.5, lighter(crust, 0.55))


def _jar(c: Canvas, content: str) -> None:
    shadow(c, 50, 83, 22)
    c.box(29, 38, 71, 84, mix("#ffffff", content, 0.25), r=7)
    c.box(31, 44, 69, 82, content, r=5.5)
    c.box(58, 44, 69, 82, darker(content, 0.1), r=5.5)
    c.box(55, 44, 62, 82, darker(content, 0.1))
    c.box(33.2, 47, 35.4, 78, lighter(content, 0.45), r=1.1)


def honey(c: Canvas) -> None:
    """A jar with a wooden dipper."""
    content = c.dice.pick(["#e0971d", "#f0b93a", "#b9691b", "#f4d57a"])
    _jar(c, content)
    lid = c.dice.pick(["#f2e6cf", "#3f5d4c", "#7a2f2b", "#d8b04c"])
    c.box(30.5, 28, 69.5, 39, lid, r=2.5)
    c.box(30.5, 34.5, 69.5, 39, darker(lid, 0.12), r=2)
    c.box(36, 54, 64, 76, "#fff6e3", r=3)
    for x, y in ((50, 61), (45.7, 68.4), (54.3, 68.4)):
        c.shape(turned(oval(x, y, 4.5, 4.5, 0, 360)[::15], 30, (x, y)), content)
    wood = "#b98552"
    c.line([(76, 84), (90, 60)], 1.8, wood)
    c.blob(dots("71,86 75,79 79,80 79,85 75,89"), darker(wood, 0.1))
    for k in (0, 2.2, 4.4):
        c.line([(72.5 + k, 84 - k * 0.9), (76 + k * 0.7, 87 - k)], 0.6, darker(wood, 0.35))


def jam(c: Canvas) -> None:
    """A jar under a cloth."""
    content = c.dice.pick(["#8e1f3a", "#4b2a63", "#c4472b", "#a8323e", "#d98a2b"])
    _jar(c, content)
    cloth, stripe = c.dice.pick(
        [("#f7efe0", "#c8453c"), ("#f7efe0", "#4a78a0"), ("#f7efe0", "#5b8a55")]
    )
    outline = smooth(
        dots(
            "30,30 50,26.5 70,30 73,38 77,45 69,43.5 63,47 "
            "56,44 50,47.5 43,44 37,47 31,43.5 23,45 27,38"
        ),
        closed=True,
    )
    c.shape(outline, mix(cloth, stripe, 0.2))

    def checks() -> None:
        for x in range(22, 80, 6):
            c.box(x, 24, x + 2, 50, mix(cloth, stripe, 0.55))
        for y in range(24, 50, 6):
            c.box(20, y, 80, y + 2, mix(cloth, stripe, 0.75))

    c.within(outline, checks)
    c.line([(29.5, 37.5), (50, 39.2), (70.5, 37.5)], 1.4, "#b98552")
    c.ellipse(50, 65, 13, 10, "#fff6e3")
    for x, y in ((46, 66), (53, 67), (50, 62)):
        c.ellipse(x, y, 3.4, 3.4, content)
        c.ellipse(x - 1, y - 1, 0.9, 0.9, lighter(content, 0.5))
    c.blob(dots("51,59 55,56 59,57 55.5,60"), "#5b8a55")


def apple(c: Canvas) -> None:
    """Three apples."""
    skins = [
        ["#c53a32", "#d7613a"],
        ["#d8b33a", "#c9c04b"],
        ["#8fae3e", "#a8be52"],
        ["#b3262f", "#c9433b"],
    ]
    skin, other = c.dice.pick(skins)
    for x, y, size, colour in (
        (35, 67, 17, darker(other, 0.08)),
        (66, 68, 16, other),
        (50, 70, 19, skin),
    ):
        shadow(c, x, y + size * 0.72, size * 0.8, 3)
        outline = smooth(
            dots(
                "0,-0.72 0.5,-0.88 1,-0.3 0.8,0.5 0.3,0.8 "
                "0,0.7 -0.3,0.8 -0.8,0.5 -1,-0.3 -0.5,-0.88",
                (x, y),
                size,
            ),
            closed=True,
        )
        c.shape(outline, darker(colour, 0.17))
        c.within(
            outline,
            lambda x=x, y=y, size=size, colour=colour: c.ellipse(
                x - size * 0.22, y - size * 0.1, size * 0.95, size, colour
            ),
        )
        c.blob(
            oval(x - size * 0.5, y - size * 0.3, size * 0.12, size * 0.24)[::12],
            lighter(colour, 0.5),
        )
        c.curve(
            [(x, y - size * 0.66), (x + 0.5, y - size * 0.95), (x + 2, y - size * 1.2)],
            1.3,
            "#5d4030",
        )
        c.blob(
            [
                (x + 1.5, y - size),
                (x + 5, y - size * 1.25),
                (x + 10, y - size * 1.15),
                (x + 6, y - size * 0.93),
            ],
            "#5b8a45",
        )


def bresaola(c: Canvas) -> None:
    """Cured meat in its net, and slices on a board."""
    meat = c.dice.pick(["#8c2331", "#7a1c2b", "#9c3038"])
    board = c.dice.pick(["#c49a6c", "#d9b98a", "#a97c50"])
    shadow(c, 50, 84, 42, 4)
    c.box(10, 76, 90, 83, darker(board, 0.2), r=3)
    c.box(10, 74, 90, 80, board, r=3)
    body = smooth(dots("20,62 26,49 42,43 58,46 66,58 63,72 48,77 30,76 21,70"), closed=True)
    skin = mix(meat, "#5d4a44", 0.45)
    c.shape(body, skin)

    def net() -> None:
        for k in range(-30, 110, 8):
            c.line([(k, 40), (k + 38, 80)], 0.7, "#e9d9bd")
            c.line([(k + 38, 40), (k, 80)], 0.7, "#e9d9bd")

    c.within(body, net)
    c.curve([(21, 62), (15, 58), (13, 50)], 0.9, "#e9d9bd")
    for x, y, r in ((62, 63, 14), (68, 68, 10.5), (76, 72, 8.5)):
        c.ellipse(x + 0.8, y + 0.8, r * 0.8, r, darker(meat, 0.4))
        c.ellipse(x, y, r * 0.8, r, mix(meat, "#e8c7b8", 0.35))
        c.ellipse(x, y, r * 0.8 - 1.1, r - 1.1, meat)
        for dx, dy, tilt in ((-0.3, -0.4, 30), (0.25, -0.1, -20), (-0.1, 0.4, 60), (0.2, 0.5, 10)):
            spot = (x + dx * r, y + dy * r)
            c.line(
                turned([(spot[0] - r * 0.12, spot[1]), (spot[0] + r * 0.12, spot[1])], tilt, spot),
                0.5,
                mix(meat, "#f2ddd2", 0.6),
            )
    c.curve([(78, 80), (84, 74), (87, 66)], 0.9, "#4e7a48")
    for x, y in ((80, 77), (83, 74.5), (85.5, 70), (86.6, 67)):
        c.ellipse(x + 1.6, y, 1.9, 0.8, "#5b8a45")


def salame(c: Canvas) -> None:
    """A hanging sausage, and three slices."""
    meat = c.dice.pick(["#a63a35", "#8c2f2b", "#b2493c"])
    rind = mix(meat, "#e5d4c4", 0.5)
    shadow(c, 62, 80, 26)
    body = turned(
        smooth(dots("22,56 30,47 50,45 70,47 78,56 70,65 50,67 30,65"), closed=True), 24, (45, 56)
    )
    c.shape(body, rind)
    c.within(
        body,
        lambda: c.shape(turned(dots("10,57 90,57 90,80 10,80"), 24, (45, 56)), darker(rind, 0.15)),
    )
    for x in (30, 40, 50, 60, 70):
        c.curve(turned([(x, 46.2), (x + 2, 56), (x, 66)], 24, (45, 56)), 0.8, "#f3e7d3")
    c.curve(dots("23,46 18,36 20,20 27,14"), 1, "#b98552")
    for x, y in ((58, 77), (69, 76), (80, 75)):
        c.ellipse(x, y + 1, 8.5, 6, darker(meat, 0.4))
        c.ellipse(x, y, 8.5, 6, rind)
        c.ellipse(x, y, 7.3, 5, meat)
        for dx, dy in ((-3, -1), (0, 1.8), (2.6, -1.9), (3.8, 1.4), (-1, -2.8), (-3.6, 2)):
            c.ellipse(x + dx, y + dy, 0.9, 0.6, "#f2ddd2")


def pasta(c: Canvas) -> None:
    """A packet with a window, short strips within."""
    paper = c.dice.pick(["#c9a777", "#e8dcc4", "#8f9d7c", "#b7c4c9"])
    strips = c.dice.pick(["#a98a63", "#e2bf6b", "#8d7556"])
    shadow(c, 50, 84, 24)
    c.shape(dots("28,32 72,32 74,84 26,84"), paper)
    c.shape(dots("60,32 72,32 74,84 61,84"), darker(paper, 0.09))
    c.shape(dots("29,22 71,22 72,33 28,33"), darker(paper, 0.12))
    for x in range(30, 72, 3):
        c.line([(x, 22.6), (x, 24.4)], 0.5, darker(paper, 0.3))
    c.box(43, 24.5, 57, 28.5, "#b98552", r=1.5)
    window = oval(50, 65, 15.5, 14.5)
    c.shape(window, darker(strips, 0.4))

    def noodles() -> None:
        for _ in range(46):
            x, y = c.dice.between(35, 65), c.dice.between(51, 79)
            tone = c.dice.pick([strips, lighter(strips, 0.2), darker(strips, 0.14)])
            c.shape(
                turned(dots("-6,-1 6,-1 6,1 -6,1", (x, y)), c.dice.between(0, 180), (x, y)), tone
            )

    c.within(window, noodles)
    emblem(c, 50, 41.5, 5.5, "#fdf6e8", c.dice.pick(["#7a2f2b", "#3f5d4c", "#31506b"]))


def cake(c: Canvas) -> None:
    """A ring cake on a stand."""
    dough = c.dice.pick(["#c98d4e", "#8a5430", "#dba763"])
    icing = c.dice.pick(["#fff4e6", "#f4d3d0", "#5a3325"])
    stand = c.dice.pick(["#f6f1ea", "#c9dde0", "#e7d0c3"])
    shadow(c, 50, 86, 17)
    c.shape(dots("46,70 54,70 56,82 63,86 37,86 44,82"), darker(stand, 0.12))
    c.ellipse(50, 71, 36, 5, darker(stand, 0.15))
    c.ellipse(50, 69.8, 36, 4.6, stand)
    body = smooth(dots("22,68 21,56 28,46 42,42 58,42 72,46 79,56 78,68 64,72 36,72"), closed=True)
    c.shape(body, dough)
    c.within(body, lambda: c.shape(dots("60,40 90,40 90,75 66,75"), darker(dough, 0.12)))
    c.blob(
        dots(
            "22,57 28,46 42,41.5 58,41.5 72,46 78,57 74,62 69,57 "
            "63,65 57,58 50,62 43,57 37,66 31,58 26,62"
        ),
        icing,
    )
    c.ellipse(50, 45.5, 9, 2.4, darker(dough, 0.3))
    for x, y in ((33, 50), (41, 53), (60, 52), (68, 51), (52, 54.5), (73, 57), (27, 56)):
        c.ellipse(x, y, 1.6, 1.6, c.dice.pick(["#a8323e", "#4b2a63", "#5b8a45", "#d98a2b"]))


def biscuits(c: Canvas) -> None:
    """A stack of round biscuits and one leaning on it."""
    dough = c.dice.pick(["#d9a45b", "#b67a3e", "#e6c07a"])
    jot = c.dice.pick(["#5a3325", "#fff1d6", "#8e1f3a"])
    shadow(c, 48, 83, 30)
    for layer in range(5):
        y = 78 - layer * 7
        x = 44 + c.dice.between(-2, 2)
        c.ellipse(x, y + 3, 21, 5, darker(dough, 0.28))
        c.box(x - 21, y, x + 21, y + 3, darker(dough, 0.28))
        c.ellipse(x, y, 21, 5, dough)
        if layer == 4:
            for dx, dy in ((-12, 0), (-5, -2), (-4, 2), (4, -1), (11, 1), (8, -3)):
                c.ellipse(x + dx, y + dy, 1.5, 0.8, jot)
    c.ellipse(73.5, 70.5, 14, 15, darker(dough, 0.3))
    c.ellipse(72, 70, 14, 15, dough)
    c.ellipse(72, 70, 11.5, 12.5, lighter(dough, 0.14))
    for dx, dy in ((-5, -6), (3, -8), (7, 0), (-7, 2), (0, 0), (4, 7), (-3, 8)):
        c.ellipse(72 + dx, 70 + dy, 1.5, 1.5, jot)


def mushrooms(c: Canvas) -> None:
    """Three ceps."""
    cap = c.dice.pick(["#7a4a2b", "#945c33", "#64402c"])
    stem = "#efe2c8"
    for x, y, size in ((29, 81, 0.72), (73, 82, 0.8), (50, 84, 1.15)):
        shadow(c, x, y, 13 * size, 2.6)
        c.blob(dots("-6,-24 6,-24 9,-6 6,0 -6,0 -9,-6", (x, y), size), stem)
        c.blob(dots("2,-24 6,-24 9,-6 6,0 2,0", (x, y), size), darker(stem, 0.1))
        top = smooth(dots("-21,-23 -15,-37 0,-43 15,-37 21,-23 0,-19.5", (x, y), size), closed=True)
        c.shape(top, darker(cap, 0.2))
        c.within(
            top,
            lambda x=x, y=y, size=size: c.ellipse(
                x - 4 * size, y - 35 * size, 21 * size, 12 * size, cap
            ),
        )
        c.blob(dots("-11,-35 -5,-39.5 -2,-38 -8,-33.5", (x, y), size), lighter(cap, 0.3))


def eggs(c: Canvas) -> None:
    """Eggs in a nest of straw."""
    shell = c.dice.pick(["#e8c39e", "#f3e6d2", "#d9a77c"])
    straw = "#cfa24a"
    shadow(c, 50, 83, 35, 4)
    c.ellipse(50, 76, 34, 8.5, darker(straw, 0.25))
    for x, y, tilt in ((34, 64, -14), (66, 64, 14), (50, 60, 3)):
        egg = turned(
            smooth(dots("0,-17 8.5,-8 11,3 7,12 0,14.5 -7,12 -11,3 -8.5,-8", (x, y)), closed=True),
            tilt,
            (x, y),
        )
        c.shape(egg, darker(shell, 0.12))
        c.within(egg, lambda x=x, y=y: c.ellipse(x - 3.5, y - 1, 11, 16, shell))
        c.ellipse(x - 4.5, y - 6, 1.6, 3, lighter(shell, 0.6))
    c.blob(dots("15,74 30,72 50,75 70,72 85,74 80,82 62,86 38,86 20,82"), straw)
    for _ in range(44):
        x, y = c.dice.between(19, 79), c.dice.between(73, 84)
        tone = c.dice.pick([lighter(straw, 0.3), darker(straw, 0.2), straw])
        c.line([(x - 4, y), (x + 4, y + c.dice.between(-3, 3))], 0.6, tone)


def potatoes(c: Canvas) -> None:
    """A sack of potatoes, three before it."""
    skin = c.dice.pick(["#c9a066", "#b98a52", "#b5705a"])
    sack = c.dice.pick(["#c2a878", "#b59a6a"])
    shadow(c, 50, 84, 34, 4)
    for x, y in ((38, 42), (50, 37), (62, 42), (44, 46), (57, 46)):
        c.ellipse(x, y, 8, 6.5, darker(skin, 0.1))
        c.ellipse(x - 1, y - 1, 6.5, 5, skin)
    body = smooth(dots("28,46 40,49 60,49 72,46 77,62 74,82 50,84 26,82 23,62"), closed=True)
    c.shape(body, sack)

    def weave() -> None:
        for k in range(-40, 110, 5):
            c.line([(k, 40), (k + 45, 90)], 0.35, darker(sack, 0.14))
            c.line([(k + 45, 40), (k, 90)], 0.35, darker(sack, 0.14))

    c.within(body, weave)
    c.curve(dots("28,47 40,50.5 60,50.5 72,47"), 3, lighter(sack, 0.25))
    for x, y, size in ((30, 82, 1), (46, 84, 0.85), (70, 83, 1.05)):
        c.blob(dots("-10,0 -6,-6 3,-7 10,-2 8,5 -3,6", (x, y), size), darker(skin, 0.12))
        c.blob(dots("-9,-1 -6,-6 3,-7 8,-2 5,3 -4,3", (x, y), size), skin)
        c.ellipse(x - 2, y - 2, 0.8, 0.5, darker(skin, 0.3))
        c.ellipse(x + 3, y, 0.8, 0.5, darker(skin, 0.3))


def butter(c: Canvas) -> None:
    """A pat of butter on its paper, a slice cut."""
    fat = c.dice.pick(["#f6dd7e", "#f3d15f", "#f8e59c"])
    paper = c.dice.pick(["#f7f2ea", "#e3ecee"])
    shadow(c, 50, 82, 38, 4)
    c.shape(dots("10,79 24,68 90,68 80,83 18,84"), paper)
    c.shape(dots("18,84 80,83 81,85 19,86"), darker(paper, 0.15))
    c.shape(dots("34,55 44,47 80,47 70,55"), lighter(fat, 0.35))
    c.shape(dots("70,55 80,47 80,67 70,77"), darker(fat, 0.18))
    c.shape(dots("34,55 70,55 70,77 34,77"), fat)
    c.shape(dots("20,58 28,51 32,51 24,58"), lighter(fat, 0.35))
    c.shape(dots("24,58 32,51 32,71 24,79"), darker(fat, 0.18))
    c.shape(dots("20,58 24,58 24,79 20,79"), fat)
    c.ellipse(52, 66, 7.5, 7.5, darker(fat, 0.1))
    for turn in range(0, 360, 72):
        c.blob(turned(dots("52,66 54,62.5 52,59.5 50,62.5"), turn, (52, 66)), lighter(fat, 0.3))
