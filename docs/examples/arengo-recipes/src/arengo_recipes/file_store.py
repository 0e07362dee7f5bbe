"""A file store: a web server that takes PUT and DELETE, and lists what it keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from arengo_core.files.contract import FileInfo, FileMissingError, checked_key
from arengo_core.host import Host


class WebShelf:
    """Keeps files at an address, under ``/files/<key>``."""

    def __init__(self, address: str, token: str, time_limit: float = 10.0) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{address}/files/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=time_limit,
            trust_env=False,
        )

    async def _ask(self, method: str, key: str, **sent: Any) -> httpx.Response:
        """What is no 404 and no success is raised as it is: the host makes words of it."""
        answer = await self._http.request(method, checked_key(key), **sent)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise FileMissingError(key)
        return answer.raise_for_status()

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """The server shows it when it has all of it."""
        await self._ask("PUT", key, content=content, headers={"Content-Type": content_type})

    async def get(self, key: str) -> bytes:
        """Whole."""
        return (await self._ask("GET", key)).content

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """In one piece: files of this server are small."""
        content = await self.get(key)

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        return pieces()

    async def find(self, key: str) -> FileInfo | None:
        """By its head."""
        try:
            head = (await self._ask("HEAD", key)).headers
        except FileMissingError:
            return None
        return FileInfo(
            key, int(head["Content-Length"]), datetime.fromisoformat(head["X-Changed-At"])
        )

    async def delete(self, key: str) -> None:
        """What is gone is gone."""
        try:
            await self._ask("DELETE", key)
        except FileMissingError:
            return

    async def entries(self, prefix: str = "") -> AsyncIterator[FileInfo]:
        """The server's own list."""
        under = f"{checked_key(prefix)}/" if prefix else ""
        answer = (await self._http.get("", params={"under": under})).raise_for_status()

        async def found() -> AsyncIterator[FileInfo]:
            for one in answer.json():
                yield FileInfo(one["key"], one["size"], datetime.fromisoformat(one["changed_at"]))

        return found()


def make_shelf(_host: Host, settings: Mapping[str, Any]) -> WebShelf:
    """From ``ARENGO_FILES_URL=shelf://files.example?token=...``."""
    place = urlsplit(settings["url"])
    return WebShelf(f"https://{place.netloc}", parse_qs(place.query).get("token", [""])[0])
