"""A lean HTTP/1.1 client on one kept connection, so that the load weighs little on the cores."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Connection:
    """One kept connection to the server."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self._reader, self._writer

    async def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Post JSON; status and body of the answer."""
        reader, writer = await self._open()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        raw = await reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        if "content-length" in headers:
            return status, await reader.readexactly(int(headers["content-length"]))
        return status, await self._chunks(reader)

    @staticmethod
    async def _chunks(reader: asyncio.StreamReader) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int((await reader.readline()).strip(), 16)
            parts.append(await reader.readexactly(size))
            await reader.readline()
            if size == 0:
                return b"".join(parts)

    async def graphql(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """Ask GraphQL; the data. Raises on any error: a benchmark of failures is worth nothing."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        status, content = await self.post("/graphql", body)
        answer = json.loads(content)
        if status != 200 or answer.get("errors"):
            raise RuntimeError(f"{status}: {str(answer.get('errors'))[:400]}")
        for payload in answer["data"].values():
            if isinstance(payload, dict) and payload.get("userErrors"):
                raise RuntimeError(str(payload["userErrors"])[:400])
        return answer["data"]
