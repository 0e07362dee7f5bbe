"""Photos: checked by their content, turned upright, cleaned and re-encoded. No database here."""

from __future__ import annotations

import asyncio
import base64
import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from arengo_core.errors import InvalidInputError, TooLargeError
from arengo_core.i18n import N_

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
MIN_SIDE = 64
LARGE = 1600
SMALL = 640
_KINDS = ("JPEG", "PNG", "WEBP")
_MEGAPIXELS = MAX_PIXELS // 1_000_000
_TOO_MANY_PIXELS = N_("This photo has more than {limit} megapixels. Send a smaller one.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A photo as it is stored: WebP in two sizes, and the size in pixels of the large one."""

    large: bytes
    small: bytes
    width: int
    height: int


async def prepare(data: bytes, field: str = "photo") -> Prepared:
    """Check and re-encode an upload, in a thread. Errors name ``field``, the fault, the mend."""
    return await asyncio.to_thread(prepare_now, data, field)


async def prepare_base64(text: str, field: str = "photo") -> Prepared:
    """The same for an upload in base64, with or without a ``data:`` prefix."""
    try:
        data = base64.b64decode(text.rpartition(",")[2], validate=True)
    except ValueError:
        raise InvalidInputError("This photo is not in base64.", field=field) from None
    return await prepare(data, field)


def prepare_now(data: bytes, field: str = "photo") -> Prepared:
    """Check and re-encode an upload: JPEG, PNG or WebP by content, whatever its name says.

    TooLargeError over 10 MB or 50 megapixels; InvalidInputError for anything but a whole photo
    of at least 64 by 64 pixels. EXIF's orientation is applied, colours come to sRGB, and all
    metadata (place and camera among them) are dropped.
    """
    if not data:
        raise InvalidInputError("Choose a photo.", field=field)
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            "This photo has {size} MB; at most {limit} are possible. Send a smaller one.",
            field=field,
            size=round(len(data) / 1_000_000, 1),
            limit=MAX_BYTES // 1_000_000,
        )
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as image:
            _check_size(image, field)
            if image.format == "JPEG":
                image.draft("RGB", (LARGE, LARGE))
            upright = ImageOps.exif_transpose(image)
            clean = _to_srgb(upright)
    except UnidentifiedImageError:
        raise InvalidInputError(
            "This file is not a photo that can be shown: JPEG, PNG or WebP is expected.",
            field=field,
        ) from None
    except Image.DecompressionBombError:
        raise TooLargeError(_TOO_MANY_PIXELS, field=field, limit=_MEGAPIXELS) from None
    except (OSError, SyntaxError, ValueError):
        raise InvalidInputError(
            "This photo is damaged or was cut off on its way: send it again.", field=field
        ) from None
    large = _fitted(clean, LARGE)
    small = _fitted(clean, SMALL)
    return Prepared(_webp(large, 82), _webp(small, 76), large.width, large.height)


def _check_size(image: Image.Image, field: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise TooLargeError(_TOO_MANY_PIXELS, field=field, limit=_MEGAPIXELS)
    if min(image.size) < MIN_SIDE:
        raise InvalidInputError(
            "This photo is {width} by {height} pixels; at least {limit} by {limit} are needed.",
            field=field,
            width=image.width,
            height=image.height,
            limit=MIN_SIDE,
        )


def _to_srgb(image: Image.Image) -> Image.Image:
    """Pixels alone, in sRGB, with an alpha channel where there was one."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA"}:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
            )
        except ImageCms.PyCMSError:
            converted = None
        image = converted or image
    plain = image.convert(mode)
    plain.info = {}
    return plain


def _fitted(image: Image.Image, side: int) -> Image.Image:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()
