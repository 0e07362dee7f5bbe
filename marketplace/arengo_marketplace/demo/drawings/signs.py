"""A shop's own face: the banner over its page and its round device."""

from arengo_marketplace.demo.drawings.canvas import (
    Canvas,
    Dot,
    darker,
    dots,
    lighter,
    mix,
    oval,
    smooth,
    turned,
)

SKIES = [
    ("#f3d9b1", "#c8453c"),
    ("#cfe0e6", "#31506b"),
    ("#dfe5c4", "#3f6b57"),
    ("#f2cfc0", "#7a2f2b"),
    ("#e6dcef", "#5a4a7a"),
    ("#e9d3a8", "#8a5a34"),
]


def banner(c: Canvas) -> None:
    """A valley between mountains, its village and firs."""
    sky, tone = c.dice.pick(SKIES)
    wide = c.across
    c.box(0, 0, wide, 100, sky)
    c.ellipse(wide * c.dice.between(0.2, 0.8), 34, 15, 15, lighter(sky, 0.55))
    for base, height, part in ((62, 46, 0.18), (72, 34, 0.36), (84, 24, 0.56)):
        ridge: list[Dot] = [(-5, 105)]
        x = -20.0
        while x < wide + 30:
            ridge.append((x, base + c.dice.between(-4, 6)))
            x += c.dice.between(18, 34)
            ridge.append((x, base - c.dice.between(0.4, 1) * height))
            x += c.dice.between(18, 34)
        c.shape([*ridge, (wide + 5, 105)], mix(sky, tone, part))
    c.shape(
        [
            (-2, 101),
            (-2, 86),
            *[(wide * k / 8, 88 + (k % 3) * 1.6) for k in range(9)],
            (wide + 2, 101),
        ],
        mix(sky, tone, 0.75),
    )
    place = wide * c.dice.between(0.3, 0.62)
    for k in range(5):
        x = place + k * 9
        high = c.dice.between(8, 11)
        c.box(x, 91 - high, x + 7.5, 92, lighter(sky, 0.5))
        c.shape(
            [(x - 1, 91 - high), (x + 3.75, 85.5 - high), (x + 8.5, 91 - high)], darker(tone, 0.2)
        )
        c.box(x + 2.8, 94 - high, x + 4.8, 97 - high, mix(tone, "#f2c84b", 0.6))
    c.box(place + 46, 66, place + 50.5, 92, lighter(sky, 0.4))
    c.shape([(place + 45.2, 66), (place + 48.25, 53), (place + 51.3, 66)], darker(tone, 0.2))
    for _ in range(26):
        x, size = c.dice.between(0, wide), c.dice.between(5, 9)
        if place - 8 < x < place + 58:
            continue
        for step in (0, 0.5, 1):
            c.shape(
                [
                    (x - size * 0.45, 95 - step * size),
                    (x, 95 - size * (1.1 + step)),
                    (x + size * 0.45, 95 - step * size),
                ],
                darker(tone, 0.3),
            )


def logo(c: Canvas) -> None:
    """A round device: peaks, firs or a flower."""
    sky, tone = c.dice.pick(SKIES)
    c.box(0, 0, 100, 100, tone)
    c.ellipse(50, 50, 41, 41, sky)
    disc = oval(50, 50, 36.5, 36.5)
    c.shape(disc, lighter(sky, 0.45))
    device = c.dice.pick([peaks, firs, blossom])
    c.within(disc, lambda: device(c, sky, tone))


def peaks(c: Canvas, sky: str, tone: str) -> None:
    """Two mountains, the nearer with snow."""
    left, right = c.dice.between(32, 42), c.dice.between(58, 68)
    c.ellipse(c.dice.between(40, 62), 30, 7, 7, mix(sky, tone, 0.35))
    c.shape([(right - 40, 82), (right, 36), (right + 40, 82)], mix(sky, tone, 0.55))
    c.shape([(left - 38, 84), (left, 28), (left + 38, 84)], tone)
    c.shape(dots("-8.2,12 0,0 8.2,12 3.5,10 0,14 -3.5,10", (left, 28)), "#ffffff")
    c.ellipse(50, 101, 60, 27, mix(sky, tone, 0.8))


def firs(c: Canvas, sky: str, tone: str) -> None:
    """Three trees on a hill."""
    c.ellipse(c.dice.pick([36, 64]), 32, 8, 8, mix(sky, tone, 0.3))
    c.ellipse(50, 100, 60, 34, mix(sky, tone, 0.5))
    for x, foot, size in ((32, 72, 11), (68, 74, 12), (50, 76, 16)):
        c.box(x - size * 0.1, foot - 2, x + size * 0.1, foot + 4, darker(tone, 0.4))
        for step in (0.0, 0.65, 1.3):
            wide = size * (0.85 - step * 0.28)
            top, low = foot - size * (1.15 + step), foot - step * size
            c.shape([(x - wide, low), (x, top), (x + wide, low)], tone)


def blossom(c: Canvas, sky: str, tone: str) -> None:
    """A flower of many petals."""
    petals = c.dice.pick([6, 8])
    for colour, reach, shift in ((mix(sky, tone, 0.45), 27, 0.5), (tone, 25, 0.0)):
        for k in range(petals):
            leaf = smooth(
                dots(f"50,50 57,{50 - reach * 0.6} 50,{50 - reach} 43,{50 - reach * 0.6}"),
                closed=True,
            )
            c.shape(turned(leaf, (k + shift) * 360 / petals, (50, 50)), colour)
    c.ellipse(50, 50, 6.5, 6.5, "#f2c84b")
