"""Failures on order: what a test asks the next matching requests to suffer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response
from litestar.response import Stream
from msgspec import Meta

HANG_SECONDS = 30.0


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`hang` answers too late, `drop` cuts the answer off, `error` answers 500.

    `before` means that nothing was done, `after` that it was done and the answer lost.
    """

    kind: Literal["hang", "drop", "error"]
    when: Literal["before", "after"] = "before"
    method: Literal["GET", "POST"] = "POST"
    path: str = "/v1/"
    times: Annotated[int, Meta(ge=1)] = 1


class Faults:
    """The failures still to happen."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Let the next matching requests fail."""
        self._orders.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The failure that this request is to suffer, used up by it."""
        for fault in self._orders:
            if fault.method == method and path.startswith(fault.path):
                fault.times -= 1
                if fault.times == 0:
                    self._orders.remove(fault)
                return fault
        return None


async def lost_answer(kind: Literal["hang", "drop"]) -> Response[Any] | Stream:
    """An answer that never arrives whole."""
    if kind == "hang":
        await asyncio.sleep(HANG_SECONDS)
        return Response(content=b"", status_code=504)
    return Stream(_cut_off(), headers={"Content-Length": "1000"}, media_type="application/json")


async def _cut_off() -> AsyncIterator[bytes]:
    yield b'{"id": "'
