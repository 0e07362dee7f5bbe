"""An S3 server over HTTP, and a relay before it that loses answers and falls silent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

BUCKET = "valley"


@dataclass(slots=True)
class Relay:
    """Passes requests on, one a connection; what is asked for counts for the next one."""

    behind: int
    port: int = 0
    mood: str = ""
    passed: int = 0

    async def lose_next_answer(self) -> None:
        self.mood = "lose"

    async def fall_silent(self) -> None:
        self.mood = "silent"

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if line]
        fields = {k.lower(): v for k, _, v in (line.partition(b": ") for line in lines[1:])}
        body = await reader.readexactly(int(fields.get(b"content-length", 0)))
        mood, self.mood = self.mood, ""
        if mood == "silent":
            await reader.read()  # until the other side gives up
            writer.close()
            return
        self.passed += 1
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        to, back = await asyncio.open_connection("127.0.0.1", self.behind)
        back.write(b"\r\n".join([*kept, b"Connection: close", b"", b""]) + body)
        answer = await to.read()
        back.close()
        if mood != "lose":
            writer.write(answer)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        writer.close()


@asynccontextmanager
async def relaying(behind: int) -> AsyncIterator[Relay]:
    """A relay on a free port."""
    relay = Relay(behind)
    server = await asyncio.start_server(relay.take, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    yield relay
    server.close()
