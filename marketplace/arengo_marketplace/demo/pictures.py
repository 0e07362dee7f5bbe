"""Pictures for the demo's goods and shops, drawn by the program and the same on every machine."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from arengo_marketplace.demo.drawings import crafts, drinks, larder, outdoors, signs, textiles
from arengo_marketplace.demo.drawings.canvas import Canvas
from arengo_marketplace.demo.drawings.scene import setting

Drawing = Callable[[Canvas], None]

GOODS: Mapping[str, Drawing] = MappingProxyType(
    {
        drawing.__name__: drawing
        for drawing in (
            larder.apple,
            larder.biscuits,
            larder.bread,
            larder.bresaola,
            larder.butter,
            larder.cake,
            larder.cheese,
            larder.eggs,
            larder.honey,
            larder.jam,
            larder.mushrooms,
            larder.pasta,
            larder.potatoes,
            larder.salame,
            drinks.beer,
            drinks.milk,
            drinks.spirit,
            drinks.tea,
            drinks.wine,
            crafts.bench,
            crafts.board,
            crafts.book,
            crafts.bowl,
            crafts.candle,
            crafts.cream,
            textiles.gloves,
            textiles.hat,
            crafts.jewel,
            textiles.pillow,
            crafts.pot,
            textiles.rug,
            crafts.soap,
            textiles.socks,
            crafts.toy,
            outdoors.bag,
            outdoors.bike,
            outdoors.boots,
            outdoors.bouquet,
            outdoors.flower,
            outdoors.lantern,
            outdoors.ski,
        )
    }
)
"""What there are drawings of, by kind; each stands on a table."""

SIGNS: Mapping[str, tuple[Drawing, int, int]] = MappingProxyType(
    {"banner": (signs.banner, 1600, 500), "logo": (signs.logo, 512, 512)}
)
"""A shop's own drawings, by kind, with their width and height in pixels."""


def draw(kind: str, seed: str) -> bytes:
    """Return a picture as WebP: goods 800 by 800 pixels, `banner` 1600 by 500, `logo` 512 by 512.

    Colours and small details follow from the seed: the same seed gives the same picture.
    Raises `KeyError` for an unknown kind.
    """
    if kind in SIGNS:
        drawing, width, height = SIGNS[kind]
        canvas = Canvas(f"{kind}/{seed}", width, height)
    else:
        drawing, canvas = GOODS[kind], Canvas(f"{kind}/{seed}")
        setting(canvas)
    drawing(canvas)
    return canvas.webp()
