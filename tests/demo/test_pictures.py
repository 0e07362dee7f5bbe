from io import BytesIO

import pytest
from PIL import Image

from arengo_marketplace.demo.pictures import GOODS, SIGNS, draw


def opened(kind: str, seed: str) -> Image.Image:
    picture = Image.open(BytesIO(draw(kind, seed)))
    assert picture.format == "WEBP"
    return picture.convert("RGB")


@pytest.mark.parametrize("kind", sorted(GOODS))
def test_goods_stand_in_their_setting(kind: str) -> None:
    picture = opened(kind, "a")
    assert picture.size == (800, 800)
    colours = picture.quantize(64).getcolors()
    assert colours is not None
    assert max(count for count, _ in colours) < 0.6 * 800 * 800, "hardly anything is drawn"
    middle = picture.crop((200, 200, 600, 640)).quantize(64).getcolors()
    assert middle is not None
    assert len(middle) > 8


@pytest.mark.parametrize("kind", sorted(SIGNS))
def test_signs_have_their_own_sizes(kind: str) -> None:
    _, width, height = SIGNS[kind]
    assert opened(kind, "a").size == (width, height)


@pytest.mark.parametrize("kind", sorted([*GOODS, *SIGNS]))
def test_the_seed_alone_decides(kind: str) -> None:
    assert draw(kind, "one") == draw(kind, "one")
    assert len({draw(kind, seed) for seed in ("one", "two", "three", "four")}) > 1


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        draw("submarine", "a")
