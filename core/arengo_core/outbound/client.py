"""The one HTTP client for addresses that users and plugins give."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import httpcore
import httpx

from arengo_core.outbound.addresses import Network, check_url, is_named, networks_of
from arengo_core.outbound.network import CheckedBackend, resolve

LONGEST_ANSWER = 2_000_000
"""Bytes that an answer may have."""

TIME_LIMIT = 20.0
"""Seconds from the request's begin to the answer's last byte."""


class OutboundTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over checked connections; answers are bounded in size and time.

    Answers come uncompressed, so that a small one cannot grow in memory. Redirects, where a
    client follows them, come through here again.
    """

    def __init__(
        self,
        networks: Sequence[Network],
        *,
        time_limit: float = TIME_LIMIT,
        longest_answer: int = LONGEST_ANSWER,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(trust_env=False)
        self._networks = networks
        self._time_limit = time_limit
        self._longest_answer = longest_answer
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify or httpx.create_ssl_context(trust_env=False),
            network_backend=CheckedBackend(networks),
            max_connections=50,
            keepalive_expiry=5.0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request. httpx.ConnectError when the address may not be called."""
        deadline = asyncio.get_running_loop().time() + self._time_limit
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout_at(deadline):
                await self._check_plain(request)
                answer = await super().handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("no answer in time", request=request) from None
        stream = answer.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise httpx.ReadError("no answer that can be read", request=request)
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            await stream.aclose()
            raise httpx.DecodingError("the answer is compressed, unasked", request=request)
        answer.stream = _Bounded(stream, deadline, self._longest_answer)
        return answer

    async def _check_plain(self, request: httpx.Request) -> None:
        """Unencrypted only to networks that were named."""
        if request.url.scheme == "https":
            return
        try:
            found = await resolve(request.url.host, request.url.port or 80)
        except httpcore.ConnectError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        if not all(is_named(address, self._networks) for address in found):
            raise httpx.ConnectError(f"{request.url.host}: https is expected", request=request)


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, deadline: float, longest: int) -> None:
        self._inner = inner
        self._deadline = deadline
        self._longest = longest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        parts = aiter(self._inner)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    part = await anext(parts, None)
            except TimeoutError:
                raise httpx.ReadTimeout("the answer did not end in time") from None
            if part is None:
                return
            size += len(part)
            if size > self._longest:
                raise httpx.ReadError(f"the answer is longer than {self._longest} bytes")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call to the outside answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """Calls to addresses that users and plugins give, from one installation."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self.networks = networks_of(networks)

    def check(self, url: str, *, field: str) -> str:
        """An address as somebody typed it, if it may be called. InvalidInputError else."""
        return check_url(url, self.networks, field=field)

    def transport(
        self, *, time_limit: float = TIME_LIMIT, longest_answer: int = LONGEST_ANSWER
    ) -> OutboundTransport:
        """For libraries that bring their own httpx client."""
        return OutboundTransport(
            self.networks, time_limit=time_limit, longest_answer=longest_answer
        )

    async def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        time_limit: float = TIME_LIMIT,
        longest_answer: int = LONGEST_ANSWER,
    ) -> Answer:
        """One request; redirects are answers. httpx.HTTPError when it fails or is refused."""
        transport = self.transport(time_limit=time_limit, longest_answer=longest_answer)
        async with httpx.AsyncClient(
            transport=transport, trust_env=False, timeout=time_limit, follow_redirects=False
        ) as client:
            answer = await client.request(method, url, content=content, headers=headers)
        return Answer(answer.status_code, answer.headers, answer.content)
