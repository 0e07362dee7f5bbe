"""The stand-in served by uvicorn, in this process or on a thread."""

from __future__ import annotations

import asyncio
import socket
from threading import Thread

import uvicorn

from arengo_payments.standin.app import create_app
from arengo_payments.standin.service import Config

HOST = "127.0.0.1"


def bind(port: int = 0) -> socket.socket:
    """A listening socket on the loopback; port 0 takes a free one."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def make_server(config: Config) -> uvicorn.Server:
    """A server that logs no requests: what payers type is nobody's to read."""
    settings = uvicorn.Config(
        create_app(config),
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(settings)


class ThreadedServer:
    """A stand-in on a thread of its own with its own event loop. A context manager."""

    def __init__(self, config: Config, listener: socket.socket) -> None:
        self._server = make_server(config)
        self._listener = listener
        self._thread = Thread(target=self._run, name="stripe-standin", daemon=True)

    def __enter__(self) -> ThreadedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=60)
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))
