"""The application on a socket, so that webhooks and browsers come as they do in earnest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import uvicorn

from arengo_core.cli.supervisor import free_port


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def serving(app: Any, port: int = 0) -> AsyncGenerator[str]:
    """Serve the application in this process, on a free port or the one named; yields its address.

    Its lifespan is left out: it would close the host that all tests share.
    """
    port = port or free_port()
    server = _Server(uvicorn.Config(app, port=port, lifespan="off", log_level="critical"))
    running = asyncio.create_task(server.serve())
    address = f"http://127.0.0.1:{port}"
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
