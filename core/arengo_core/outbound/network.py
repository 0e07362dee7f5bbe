"""Connections to addresses that were looked at: name and address cannot part in between."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from typing import Any, cast

import httpcore

from arengo_core.outbound.addresses import Address, Network, literal, may_reach


class RefusedError(httpcore.ConnectError):
    """The address may not be called."""


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host. ConnectError when it has none."""
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} has no address") from error
    found = [literal(str(row[4][0])) for row in rows]
    return [address for address in found if address is not None]


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves names itself, refuses what may not be reached, connects to what it looked at.

    One refused address among a name's addresses refuses the name: no attacker's luck.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._inner: httpcore.AsyncNetworkBackend = cast(Any, httpcore.AnyIOBackend)()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers."""
        addresses = await resolve(host, port)
        if not addresses or not all(may_reach(one, port, self._networks) for one in addresses):
            raise RefusedError(f"{host}:{port} may not be called")
        for number, address in enumerate(addresses, 1):
            try:
                return await self._inner.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: files of this machine are no network."""
        raise RefusedError(f"{path} may not be called")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)
