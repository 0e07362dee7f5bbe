"""What it does: each of these a mistake that somebody has made in earnest."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import sys
import time
from typing import Any

from sqlalchemy import text


async def fail(uow: Any) -> None:
    """An exception."""
    raise RuntimeError("chaos")


async def sleep(uow: Any) -> None:
    """A late answer."""
    await asyncio.sleep(60)


async def sleep_in_a_thread(uow: Any) -> None:
    """A late answer that no cancellation ends."""
    await asyncio.to_thread(time.sleep, 20)


async def slow_sql(uow: Any) -> None:
    """A slow statement."""
    await uow.session.execute(text("select pg_sleep(60)"))


async def block(uow: Any) -> None:
    """The loop stands still."""
    time.sleep(60)  # noqa: ASYNC251 - the mistake


async def hold(uow: Any) -> None:
    """The interpreter stands still: no other thread runs either."""
    re.match(r"(a+)+$", "a" * 60 + "b")


async def eat(uow: Any) -> None:
    """More memory than there should be."""
    bytearray(8_000_000_000)


async def leave(uow: Any) -> None:
    """The end of the process, as scripts end."""
    sys.exit(1)


async def end(uow: Any) -> None:
    """The end of the process, at once."""
    os._exit(1)


async def crash(uow: Any) -> None:
    """The end of the process, by a fault in C."""
    ctypes.string_at(0)


DEEDS = {
    deed.__name__: deed
    for deed in (fail, sleep, sleep_in_a_thread, slow_sql, block, hold, eat, leave, end, crash)
}
