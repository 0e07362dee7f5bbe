"""Where browsers fetch photos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.web.context import ArengoRequest, FromHost
from arengo_storefront.media import service

_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "content-disposition": "inline",
}


async def _serve(request: ArengoRequest, host: Host, media_id: UUID, *, small: bool) -> Any:
    tag = f'"{media_id}{"-small" if small else ""}"'
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={**_HEADERS, "etag": tag})
    content = await service.content(host, media_id, small=small)
    if content is None:
        raise NotFoundError("There is no such photo.")
    return Response(content, media_type=service.CONTENT_TYPE, headers={**_HEADERS, "etag": tag})


@get("/media/{media_id:uuid}", name="media", opt={"exclude_from_csrf": True})
async def large_photo(
    request: ArengoRequest, host: FromHost, media_id: FromPath[UUID]
) -> Response[Any]:
    """A photo, at most 1600 pixels wide or high."""
    return await _serve(request, host, media_id, small=False)


@get("/media/{media_id:uuid}/small", name="media-small", opt={"exclude_from_csrf": True})
async def small_photo(
    request: ArengoRequest, host: FromHost, media_id: FromPath[UUID]
) -> Response[Any]:
    """A photo, at most 640 pixels wide or high."""
    return await _serve(request, host, media_id, small=True)


ROUTES: list[Any] = [large_photo, small_photo]
