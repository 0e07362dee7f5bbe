"""Containment of calls into plugins: time limits, recorded failures, a breaker for each door."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from arengo_core import clock, tracing
from arengo_core.database.limits import statements_within
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, DatabaseAwayError, UnavailableError
from arengo_core.plugins import failures
from arengo_core.plugins.watchdog import UnderWay

T = TypeVar("T")
_OPEN_AFTER = 5
_OPEN_SECONDS = 30.0
_MESSAGE_LIMIT = 300
_STATEMENT_ENDED = "57014"
_UNAVAILABLE = "The part {plugin} does not work at the moment. Try again in a minute."
_log = structlog.get_logger("arengo.plugins")


@dataclass(slots=True)
class Breaker:
    """Opens after consecutive failures; half open after a pause, it lets one call probe."""

    failures: int = 0
    opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are kept away."""
        return self.opened_at is not None

    def allows(self) -> bool:
        """Whether a call may pass now; the one that probes makes the others wait."""
        if self.opened_at is None:
            return True
        if time.monotonic() - self.opened_at <= _OPEN_SECONDS:
            return False
        self.opened_at = time.monotonic()
        return True

    def succeeded(self) -> bool:
        """Close again; whether it was open."""
        was_open = self.is_open
        self.failures = 0
        self.opened_at = None
        return was_open

    def failed(self) -> bool:
        """Count; open at the limit. Whether it is open now."""
        self.failures += 1
        if self.failures >= _OPEN_AFTER:
            self.opened_at = time.monotonic()
        return self.is_open


def told(error: BaseException) -> str:
    """An error's class and text; of the database's errors the class alone, for values in them."""
    if isinstance(error, TimeoutError):
        return f"late answer: {error}"
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlstate", None) or ""
        if code == _STATEMENT_ENDED:
            return f"slow SQL: {code}"
        cause = error.orig.__cause__ if error.orig else None
        return f"{type(cause or error).__name__}: {code}"
    return f"{type(error).__name__}: {error}"[:_MESSAGE_LIMIT]


@dataclass(slots=True)
class Guard:
    """Wraps every call that the host makes into a plugin.

    A door is one stage of one plugin (a method of a capability, a field): each has its own
    breaker, so that what is broken behind one leaves the others open.
    """

    sessions: async_sessionmaker[AsyncSession]
    time_limit: float
    under_way: UnderWay = field(default_factory=UnderWay)
    _noting: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _breakers: dict[tuple[str, str], Breaker] = field(
        default_factory=dict[tuple[str, str], Breaker]
    )

    def breaker(self, plugin: str, stage: str) -> Breaker:
        """The breaker of one door in this process."""
        return self._breakers.setdefault((plugin, stage), Breaker())

    async def call(
        self,
        plugin: str,
        stage: str,
        work: Callable[[], Awaitable[T]],
        *,
        time_limit: float | None = None,
        uow: UnitOfWork | None = None,
    ) -> T:
        """Run ``work``; a fault of the plugin becomes UnavailableError and is recorded.

        ArengoErrors are answers, not faults, and pass through. ``uow``: the caller's transaction
        in which the plugin works; what a failed call did in it is undone, the rest stays. A
        statement may take half of the time, so that it ends before the call is given up.
        """
        breaker = self.breaker(plugin, stage)
        if not breaker.allows():
            raise UnavailableError(_UNAVAILABLE, plugin=plugin)
        limit = time_limit or self.time_limit
        try:
            async with AsyncExitStack() as around:
                around.enter_context(statements_within(limit / 2))
                if uow is not None:
                    await around.enter_async_context(uow.contained())
                around.enter_context(self.under_way.of(plugin))
                async with asyncio.timeout(limit):
                    result = await work()
        except ArengoError:
            await self._reopen(breaker, plugin, stage)
            raise
        except (Exception, SystemExit) as error:
            until = None
            if breaker.failed():
                until = clock.now() + timedelta(seconds=_OPEN_SECONDS)
            await self.record(plugin, stage, error, closed_until=until)
            raise UnavailableError(_UNAVAILABLE, plugin=plugin) from error
        await self._reopen(breaker, plugin, stage)
        return result

    async def _reopen(self, breaker: Breaker, plugin: str, stage: str) -> None:
        if not breaker.succeeded():
            return
        try:
            async with self.sessions() as session, session.begin():
                await failures.reopen(session, plugin, stage)
        except Exception:
            _log.exception("reopening_not_recorded", plugin=plugin)

    async def record(
        self,
        plugin: str,
        stage: str,
        error: BaseException,
        *,
        closed_until: datetime | None = None,
    ) -> None:
        """Note a failure against a plugin, in a transaction of its own.

        That the database is away is no plugin's.
        """
        if isinstance(error, DatabaseAwayError):
            return
        message = told(error)
        _log.warning("plugin_failed", plugin=plugin, stage=stage, error=message, exc_info=error)
        try:
            async with self.sessions() as session, session.begin():
                await failures.note(
                    session,
                    plugin=plugin,
                    stage=stage,
                    message=message,
                    trace_id=tracing.current(),
                    moment=clock.now(),
                    closed_until=closed_until,
                )
        except Exception:
            _log.exception("failure_not_recorded", plugin=plugin)

    def recorder(self, plugin: str, stage: str) -> Callable[[Exception], None]:
        """What notes failures of a plugin's part that is called without awaiting, in the running
        loop or in a thread beside it.
        """
        loop = asyncio.get_running_loop()

        def begin(error: Exception) -> None:
            task = loop.create_task(self.record(plugin, stage, error))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

        def note(error: Exception) -> None:
            loop.call_soon_threadsafe(begin, error)

        return note

    def wrap(
        self,
        plugin: str,
        instance: Any,
        *,
        door: str,
        time_limit: float | None = None,
        uow: UnitOfWork | None = None,
    ) -> Any:
        """The instance with each asynchronous method under this guard, as ``door.method``."""
        return _Guarded(self, plugin, instance, door, time_limit, uow)


class _Guarded:
    """A stand-in that passes each call of a plugin's object through the guard."""

    def __init__(
        self,
        guard: Guard,
        plugin: str,
        instance: Any,
        door: str,
        time_limit: float | None,
        uow: UnitOfWork | None,
    ) -> None:
        self._guard = guard
        self._plugin = plugin
        self._instance = instance
        self._door = door
        self._time_limit = time_limit
        self._uow = uow

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._instance, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def guarded(*args: Any, **kwargs: Any) -> Any:
            return await self._guard.call(
                self._plugin,
                f"{self._door}.{name}",
                lambda: attribute(*args, **kwargs),
                time_limit=self._time_limit,
                uow=self._uow,
            )

        return guarded
