"""The application on a socket, so that webhooks and browsers come as they do in earnest."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import uvicorn


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def bound() -> socket.socket:
    """A socket with a port of this machine that nobody else gets."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


@asynccontextmanager
async def serving(app: Any, at: socket.socket | None = None) -> AsyncGenerator[str]:
    """Serve the application in this process, at a socket that is bound already or a new one;
    yields its address.

    Its lifespan is left out: it would close the host that all tests share.
    """
    at = at or bound()
    server = _Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
    running = asyncio.create_task(server.serve(sockets=[at]))
    address = f"http://127.0.0.1:{at.getsockname()[1]}"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        while True:
            try:
                await client.get(f"{address}/health/live")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    yield address
    server.should_exit = True
    await running
