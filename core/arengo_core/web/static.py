"""Static files of themes and plugins: looked up, compressed once, cached for ever."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path, PurePosixPath

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from arengo_core.host import Host
from arengo_core.limits.requests import UNLIMITED
from arengo_core.web.context import ArengoRequest, host_of
from arengo_core.web.pages import Pages

_IMMUTABLE = "public, max-age=31536000, immutable"
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/webp", ".webp")


@lru_cache(maxsize=512)
def _read(path: Path, _modified: float) -> tuple[bytes, bytes | None, str]:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(content, 6) if kind.startswith(_COMPRESSIBLE) else None
    return content, packed, kind


def _plugin_file(host: Host, rest: PurePosixPath) -> Path | None:
    name, parts = rest.parts[0], rest.parts[1:]
    try:
        folder = host.registry.plugin(name).resources.static
    except KeyError:
        return None
    if folder is None or not parts or ".." in parts:
        return None
    path = folder.joinpath(*parts)
    return path if path.is_file() else None


_OPT = {"exclude_from_csrf": True, UNLIMITED: True}


@get("/static/{path:path}", cache=False, opt=_OPT, name="static")
async def static_file(request: ArengoRequest, path: FromPath[str]) -> Response[bytes]:
    """A file of a theme, a vendored asset, or a plugin's own."""
    host = host_of(request)
    pages: Pages = host.state["pages"]
    parts = PurePosixPath(path.lstrip("/")).parts
    found: Path | None = None
    if len(parts) == 3 and parts[0] == "themes" and parts[2] == "tokens.css":
        if parts[1] in pages.themes:
            text = pages.themes.get(parts[1]).tokens_css.encode()
            return Response(
                text, media_type="text/css", headers={"cache-control": "public, max-age=3600"}
            )
    elif len(parts) > 2 and parts[0] == "themes":
        found = pages.themes.static_file(parts[1], "/".join(parts[2:]))
    elif len(parts) > 1 and parts[0] == "vendor":
        found = pages.themes.vendor_file("/".join(parts[1:]))
    elif len(parts) > 2 and parts[0] == "plugins":
        found = _plugin_file(host, PurePosixPath(*parts[1:]))
    if found is None:
        raise NotFoundException
    content, packed, kind = _read(found, found.stat().st_mtime)
    headers = {"cache-control": _IMMUTABLE, "vary": "accept-encoding"}
    if packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return Response(content, media_type=kind, headers=headers)
