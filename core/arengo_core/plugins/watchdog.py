"""Ends a process whose event loop stands still, and leaves word of whose code held it.

No Python code runs while a plugin holds the interpreter: the timer, the record of the stack and
the exit are those of :mod:`faulthandler`, in C. Whoever started the process starts another, which
reads what was left (:mod:`arengo_core.plugins.strikes`).
"""

from __future__ import annotations

import asyncio
import faulthandler
import mmap
import os
import resource
import sys
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from arengo_core.settings import Settings

FOLDER = "ARENGO_WATCH_FOLDER"
"""Environment variable: where the processes of one server leave word."""

LEFT = "left by os._exit"
"""What is written before the stack of whoever ends the process by it."""

_BEAT = 0.5
_PAGE = 4096


class UnderWay:
    """Which plugins are being called: kept in a page that outlives the process."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._page: mmap.mmap | None = None

    def keep_in(self, path: Path) -> None:
        """Write into a file from now on."""
        path.write_bytes(bytes(_PAGE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _PAGE)

    @contextmanager
    def of(self, plugin: str) -> Generator[None]:
        """A call of a plugin is under way in the block."""
        self._calls[plugin] += 1
        self._write(self._calls[plugin] == 1)
        try:
            yield
        finally:
            self._calls[plugin] -= 1
            self._write(self._calls[plugin] == 0)

    def _write(self, changed: bool) -> None:
        if changed and self._page is not None:
            names = " ".join(name for name, calls in self._calls.items() if calls).encode()
            self._page[:] = names[:_PAGE].ljust(_PAGE, b"\0")


class Watchdog:
    """Watches this process's event loop, and bounds its memory.

    ``limit``: seconds that the loop may stand still. ``megabytes``: what the process may hold, so
    that a plugin that eats memory fails by itself; 0 is no bound.
    """

    def __init__(self, folder: Path, limit: float, megabytes: int, under_way: UnderWay) -> None:
        self._trace = folder / f"{os.getpid()}.trace"
        self._calls = self._trace.with_suffix(".calls")
        self._limit = limit
        self._megabytes = megabytes
        self._under_way = under_way
        self._out: IO[str] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._exit = os._exit
        self._process = os.getpid()

    async def start(self) -> None:
        """From now on the loop has to come round."""
        if self._megabytes and sys.platform == "linux":
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (self._megabytes * 1_000_000, hard))
        self._under_way.keep_in(self._calls)
        self._out = self._trace.open("w")
        self._out.write(f"0x{threading.get_ident():016x}\n")
        self._out.flush()
        faulthandler.enable(file=self._out)
        os._exit = self._leave  # nothing else tells who ends a process by it
        self._beating = asyncio.create_task(self._beat(self._out))

    def _leave(self, status: int) -> NoReturn:
        """``os._exit``, leaving the stack of whoever calls it; a forked child leaves nothing."""
        if self._out is not None and os.getpid() == self._process:
            self._out.write(f"Current thread 0x{threading.get_ident():016x} {LEFT}:\n")
            self._out.flush()
            faulthandler.dump_traceback(self._out, all_threads=False)
        self._exit(status)

    async def _beat(self, out: IO[str]) -> None:
        while True:
            faulthandler.dump_traceback_later(self._limit, exit=True, file=out)
            await asyncio.sleep(_BEAT)

    async def stop(self) -> None:
        """The process ends in order: nothing is left."""
        if self._beating is not None:
            self._beating.cancel()
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()
        os._exit = self._exit
        if self._out is not None:
            self._out.close()
        for path in (self._trace, self._calls):
            with suppress(OSError):
                path.unlink()


def has_word() -> bool:
    """Whether a process of this server, or one that ran here before, began its watchdog."""
    folder = os.environ.get(FOLDER)
    return folder is not None and any(Path(folder).glob("*.trace"))


def watchdog_of_this_process(settings: Settings, under_way: UnderWay) -> Watchdog | None:
    """The watchdog, where a server or worker gave its processes a folder for their word."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    return Watchdog(
        Path(folder), settings.standstill_limit, settings.process_memory_limit, under_way
    )
