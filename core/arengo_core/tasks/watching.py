"""Waiting for changes of tasks: one connection a process listens, whoever watches is woken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import structlog

from arengo_core.tasks.repository import CHANNEL

_log = structlog.get_logger("arengo.tasks")


class TaskWatch:
    """Wakes those who watch a task when any process changes it.

    The connection is there while anybody watches. Should the database drop it, whoever watches
    looks by the clock until the next one is made.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    @property
    def is_listening(self) -> bool:
        """Whether the connection is there."""
        return self._connection is not None and not self._connection.is_closed()

    @asynccontextmanager
    async def watching(self, task_id: object) -> AsyncGenerator[asyncio.Event]:
        """An event that is set at each change; whoever is woken clears it before looking."""
        bell, name = asyncio.Event(), str(task_id)
        self._bells.setdefault(name, set()).add(bell)
        try:
            await self.listen()
            yield bell
        finally:
            self._bells[name].discard(bell)
            if not self._bells[name]:
                del self._bells[name]
            await asyncio.shield(self._rest())

    async def listen(self) -> None:
        """Connect, unless that was done."""
        async with self._turn:
            if self.is_listening:
                return
            try:
                made = await asyncpg.connect(
                    self._url, server_settings={"application_name": "arengo-tasks"}
                )
                await made.add_listener(CHANNEL, self._ring)
            except (OSError, asyncpg.PostgresError, TimeoutError) as error:
                _log.warning("tasks_not_listened_to", error=type(error).__name__)
            else:
                self._connection = made

    async def _rest(self) -> None:
        async with self._turn:
            if self._bells or self._connection is None:
                return
            gone, self._connection = self._connection, None
            with suppress(OSError, asyncpg.PostgresError, TimeoutError):
                await gone.close(timeout=2)

    def _ring(self, _connection: Any, _pid: int, _channel: str, task_id: object) -> None:
        for bell in self._bells.get(str(task_id), ()):
            bell.set()


async def rung(bell: asyncio.Event, seconds: float) -> bool:
    """Wait for a change, so long at most; whether there was one."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
    was_set = bell.is_set()
    bell.clear()
    return was_set
