"""Things knitted, woven and sewn."""

from arengo_marketplace.demo.drawings.canvas import Canvas, darker, dots, lighter, mix, smooth
from arengo_marketplace.demo.drawings.scene import CLOTHS, shadow


def hat(c: Canvas) -> None:
    """A knitted hat with a bobble."""
    wool, accent = c.dice.pick(CLOTHS)
    shadow(c, 50, 81, 31)
    crown = smooth(dots("22,68 23,50 32,36 50,30 68,36 77,50 78,68"), closed=True)
    c.shape(crown, wool)

    def pattern() -> None:
        for x in range(14, 90, 6):
            c.line([(x, 58), (x + 3, 52), (x + 6, 58)], 1.3, accent)
            c.ellipse(x + 3, 45, 1, 1, accent)
        c.box(15, 47.6, 85, 49, accent)
        c.box(15, 60.5, 85, 61.9, accent)

    c.within(crown, pattern)
    c.box(19, 65, 81, 81, lighter(wool, 0.1), r=5)
    for x in range(23, 80, 4):
        c.line([(x, 67), (x, 79)], 0.9, darker(wool, 0.18))
    for x, y, r in (
        (50, 23, 8.5),
        (44, 24, 5),
        (56, 24, 5),
        (50, 17, 5),
        (46, 19, 5),
        (54, 19, 5),
        (47, 28, 4),
        (53, 28, 4),
    ):
        c.ellipse(x, y, r, r, accent)
    for x, y in ((47, 20), (53, 22), (49, 26), (54, 27), (45, 24)):
        c.curve([(x - 1.6, y), (x, y - 1.2), (x + 1.6, y)], 0.6, darker(accent, 0.16))


def gloves(c: Canvas) -> None:
    """A pair of mittens."""
    wool, accent = c.dice.pick(CLOTHS)
    shadow(c, 50, 84, 32)
    for x, side in ((29, 1), (71, -1)):
        c.blob(
            [
                (x + side * 8, 64),
                (x + side * 15, 52),
                (x + side * 18, 45),
                (x + side * 13, 42),
                (x + side * 6, 50),
            ],
            darker(wool, 0.12),
        )
        hand = smooth(dots("-12,68 -13,45 -9,28 0,22 9,28 13,45 12,68", (x, 0)), closed=True)
        c.shape(hand, wool)
        for dx, dy in (
            (0, -9),
            (0, 9),
            (-8, 0),
            (8, 0),
            (-5.6, -5.6),
            (5.6, 5.6),
            (5.6, -5.6),
            (-5.6, 5.6),
        ):
            c.line([(x, 46), (x + dx, 46 + dy)], 1, accent)
        c.box(x - 13, 66, x + 13, 84, accent, r=3)
        for k in range(-10, 12, 4):
            c.line([(x + k, 68), (x + k, 82)], 0.8, darker(accent, 0.15))


def rug(c: Canvas) -> None:
    """A woven rag rug, rolled."""
    tones = c.dice.pick(
        [
            ["#b23a3a", "#e9d3a8", "#31506b", "#3f6b57"],
            ["#6b4a73", "#d98a2b", "#f3e6d2", "#7d8580"],
            ["#3f6b57", "#c9775b", "#f3e6d2", "#c98a2b"],
        ]
    )
    shadow(c, 50, 84, 38, 4)
    sheet = dots("24,60 80,60 93,84 37,84")
    c.shape(sheet, tones[1])

    def stripes() -> None:
        for k, x in enumerate(range(10, 100, 5)):
            tone = tones[k % len(tones)]
            c.shape(dots("0,58 5,58 18.6,86 13.6,86", (x, 0)), tone)

    c.within(sheet, stripes)
    for y in range(64, 84, 4):
        dx = (y - 60) * 0.54
        c.line([(24 + dx, y), (80 + dx, y)], 0.35, darker(tones[1], 0.3))
    for x in range(38, 94, 3):
        c.line([(x, 84), (x + 1, 88)], 0.6, "#f3e6d2")
    for k, x in enumerate(range(16, 76, 5)):
        c.box(x, 42, x + 5.4, 66, tones[k % len(tones)])
    c.box(16, 42, 76, 47, mix(tones[1], "#ffffff", 0.25))
    c.box(16, 60, 76, 66, darker(tones[1], 0.3))
    for r, tone in (
        (12, tones[0]),
        (9.6, tones[1]),
        (7.2, tones[2]),
        (4.8, tones[3]),
        (2.4, tones[1]),
    ):
        c.ellipse(76, 54, r * 0.72, r, tone)
    c.ellipse(16, 54, 8.6, 12, tones[0])
    c.box(15, 42, 20, 66, tones[0])


def pillow(c: Canvas) -> None:
    """A checked pillow."""
    cloth, accent = c.dice.pick(CLOTHS)
    shadow(c, 50, 81, 36, 4)
    outline = smooth(
        dots("16,38 33,41 50,40 67,41 84,38 82,50 83,60 85,79 67,78 50,80 33,78 15,79 17,60 18,50"),
        closed=True,
    )
    c.shape(outline, lighter(accent, 0.35))

    def checks() -> None:
        for k in range(12, 90, 10):
            c.box(k, 30, k + 3.4, 90, mix(accent, cloth, 0.55))
        for y in range(36, 84, 10):
            c.box(5, y, 95, y + 3.4, mix(accent, cloth, 0.8))

    c.within(outline, checks)
    for x, y in ((16, 38), (84, 38), (15, 79), (85, 79)):
        c.ellipse(x, y, 2.8, 2.8, cloth)


def socks(c: Canvas) -> None:
    """A pair of knitted socks on a line."""
    wool, accent = c.dice.pick(CLOTHS)
    c.curve([(-2, 22), (50, 25), (102, 22)], 0.7, "#6b5a4a")
    for x, tone in ((26, darker(wool, 0.1)), (54, wool)):
        foot = smooth(
            dots("0,0 16,0 16,28 18,36 30,42 32,50 26,54 8,53 1,46 0,30", (x, 26)), closed=True
        )
        c.shape(foot, tone)

        def knit(x: float = x) -> None:
            for y in (38, 50):
                c.box(x - 3, y, x + 22, y + 3.4, accent)
            c.ellipse(x + 1, 76, 9, 9, accent)
            c.ellipse(x + 32, 76, 9, 10, accent)

        c.within(foot, knit)
        c.box(x - 1.5, 24, x + 17.5, 32, accent, r=2)
        c.box(x + 7, 20, x + 9.4, 29, "#b98552", r=0.8)
