"""Photos: what is taken, what is refused, what is served."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy.orm import undefer

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError, TooLargeError
from arengo_core.ids import new_id
from arengo_storefront.media import images, service
from arengo_storefront.media.models import Media


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes would fill memory with."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def test_a_phone_photo_is_turned_upright_shrunk_and_cleaned():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the phone held upright
    exif[0x010F] = "Camera of Anna"
    exif.get_ifd(0x8825)[1] = "N"
    left_red = Image.new("RGB", (3000, 2000), (20, 20, 200))
    left_red.paste((220, 20, 20), (0, 0, 1500, 2000))
    out = io.BytesIO()
    left_red.save(out, "JPEG", exif=exif)

    made = images.prepare_now(out.getvalue())

    large = Image.open(io.BytesIO(made.large))
    small = Image.open(io.BytesIO(made.small))
    assert (large.format, small.format) == ("WEBP", "WEBP")
    assert large.height == 1600 > large.width
    assert (made.width, made.height) == large.size
    assert max(small.size) == 640
    top = large.convert("RGB").getpixel((large.width // 2, 100))
    assert top[0] > 150 > top[2]
    assert not large.getexif()
    assert b"Camera of Anna" not in made.large + made.small


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_content_decides_what_a_file_is(kind, make_photo):
    made = images.prepare_now(make_photo(kind=kind))
    assert Image.open(io.BytesIO(made.large)).format == "WEBP"


def test_transparency_stays():
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (10, 20, 30, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(images.prepare_now(out.getvalue()).large)).mode == "RGBA"


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", InvalidInputError, "Choose"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", InvalidInputError, "JPEG, PNG or WebP"),
        (b"%PDF-1.7 not a photo", InvalidInputError, "JPEG, PNG or WebP"),
        (lambda photo: photo(kind="GIF"), InvalidInputError, "JPEG, PNG or WebP"),
        (lambda photo: photo(1200, 900)[:4000], InvalidInputError, "cut off"),
        (lambda photo: photo(40, 300), InvalidInputError, "at least 64"),
        (b"x" * (images.MAX_BYTES + 1), TooLargeError, "at most 10"),
        (huge_png(30_000, 30_000), TooLargeError, "more than 50 megapixels"),
        (huge_png(8_000, 7_000), TooLargeError, "more than 50 megapixels"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_fault_and_mend(data, error, words, make_photo):
    data = data(make_photo) if callable(data) else data
    with pytest.raises(error, match=words) as caught:
        images.prepare_now(data, "banner")
    assert caught.value.field == "banner"


async def test_base64_may_have_a_prefix_and_must_be_base64(make_photo):
    text = base64.b64encode(make_photo()).decode()
    assert (await images.prepare_base64(f"data:image/jpeg;base64,{text}")).width == 400
    with pytest.raises(InvalidInputError, match="base64"):
        await images.prepare_base64("not & base64")


async def test_a_photo_is_served_for_ever_and_harmlessly(host, visit, make_photo):
    merchant = new_id()
    made = images.prepare_now(make_photo(900, 700))
    async with (
        service.written(host, made, made) as (first, second),
        host.unit_of_work(Caller.program([merchant])) as uow,
    ):
        media_id = await service.store(uow, merchant, first)
        again = await service.store(uow, merchant, second)
    assert again == media_id
    visitor = await visit()

    answer = await visitor.get(f"/media/{media_id}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert answer.content == made.large

    small = await visitor.get(f"/media/{media_id}/small")
    assert small.content == made.small
    tag = {"if-none-match": answer.headers["etag"]}
    assert (await visitor.get(f"/media/{media_id}", headers=tag)).status_code == 304
    assert (await visitor.get(f"/media/{new_id()}")).status_code == 404


async def _lying(host):
    return {one.key async for one in await host.files.store.entries()}


async def test_a_refused_photo_leaves_nothing_behind(host, valley, visit, make_photo):
    before = await _lying(host)
    other = await visit(valley.bakery.person)
    path = f"/desk/products/{valley.cheese.product_id}/photos"
    answer = await other.post(path, files={"photo": ("cheese.jpg", make_photo(), "image/jpeg")})
    assert answer.status_code == 404
    assert await _lying(host) == before
    script = ("cheese.jpg", b"<script>alert(1)</script>", "image/jpeg")
    owner = await visit(valley.dairy.person)
    assert (await owner.post(path, files={"photo": script})).status_code == 400
    assert await _lying(host) == before


async def test_photos_of_before_are_served_and_moved_into_the_file_store(host, visit, make_photo):
    merchant, media_id = new_id(), new_id()
    made = images.prepare_now(make_photo(900, 700, colour=(7, 77, 177)))
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        uow.session.add(
            Media(
                id=media_id,
                organization_id=merchant,
                sha256=bytes(32),
                width=made.width,
                height=made.height,
                large=made.large,
                small=made.small,
            )
        )
    visitor = await visit()
    assert (await visitor.get(f"/media/{media_id}")).content == made.large
    before = await _lying(host)
    for _ in range(2):
        await service.move_photos(host, {})
        assert len(await _lying(host) - before) == 2
        assert (await visitor.get(f"/media/{media_id}")).content == made.large
        assert (await visitor.get(f"/media/{media_id}/small")).content == made.small
    async with host.unit_of_work() as uow:
        row = await uow.session.get(Media, media_id, options=[undefer(Media.large)])
        assert (row.large, row.large_file is None) == (None, False)
