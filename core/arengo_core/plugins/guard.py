"""Containment of calls into plugins: time limit, recorded failures, circuit breaker."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from arengo_core import clock, tracing
from arengo_core.errors import ArengoError, UnavailableError
from arengo_core.plugins.models import PluginFailure

T = TypeVar("T")
_OPEN_AFTER = 5
_OPEN_SECONDS = 30.0
_MESSAGE_LIMIT = 300
_log = structlog.get_logger("arengo.plugins")


@dataclass(slots=True)
class Breaker:
    """Opens after consecutive failures; lets one call probe after a pause."""

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

    def succeeded(self) -> None:
        """Close again."""
        self.failures = 0
        self.opened_at = None

    def failed(self) -> None:
        """Count; open at the limit."""
        self.failures += 1
        if self.failures >= _OPEN_AFTER:
            self.opened_at = time.monotonic()


@dataclass(slots=True)
class Guard:
    """Wraps every call that the host makes into a plugin."""

    sessions: async_sessionmaker[AsyncSession]
    time_limit: float
    _breakers: dict[str, Breaker] = field(default_factory=dict[str, Breaker])

    def breaker(self, plugin: str) -> Breaker:
        """The plugin's breaker in this process."""
        return self._breakers.setdefault(plugin, Breaker())

    async def call(
        self,
        plugin: str,
        stage: str,
        work: Callable[[], Awaitable[T]],
        *,
        time_limit: float | None = None,
    ) -> T:
        """Run ``work``; a fault of the plugin becomes UnavailableError and is recorded.

        ArengoErrors are answers, not faults, and pass through.
        """
        breaker = self.breaker(plugin)
        if not breaker.allows():
            raise UnavailableError(
                "The part {plugin} does not work at the moment. Try again in a minute.",
                plugin=plugin,
            )
        try:
            async with asyncio.timeout(time_limit or self.time_limit):
                result = await work()
        except ArengoError:
            breaker.succeeded()
            raise
        except Exception as error:
            breaker.failed()
            await self.record(plugin, stage, error)
            raise UnavailableError(
                "The part {plugin} does not work at the moment. Try again in a minute.",
                plugin=plugin,
            ) from error
        breaker.succeeded()
        return result

    async def record(self, plugin: str, stage: str, error: BaseException) -> None:
        """Note a failure against a plugin, in a transaction of its own."""
        name = "late answer" if isinstance(error, TimeoutError) else type(error).__name__
        message = f"{name}: {error}"[:_MESSAGE_LIMIT]
        _log.warning("plugin_failed", plugin=plugin, stage=stage, error=message, exc_info=error)
        moment = clock.now()
        statement = insert(PluginFailure).values(
            plugin=plugin,
            stage=stage,
            message=message,
            trace_id=tracing.current(),
            occurrences=1,
            first_at=moment,
            last_at=moment,
        )
        try:
            async with self.sessions() as session, session.begin():
                await session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["plugin", "stage", "message"],
                        set_={
                            "occurrences": PluginFailure.occurrences + 1,
                            "last_at": func.greatest(PluginFailure.last_at, moment),
                            "trace_id": tracing.current(),
                        },
                    )
                )
        except Exception:
            _log.exception("failure_not_recorded", plugin=plugin)

    def wrap(self, plugin: str, instance: Any, time_limit: float | None = None) -> Any:
        """The instance with each asynchronous method under this guard."""
        return _Guarded(self, plugin, instance, time_limit)


class _Guarded:
    """A stand-in that passes each call of a plugin's object through the guard."""

    def __init__(self, guard: Guard, plugin: str, instance: Any, time_limit: float | None) -> None:
        self._guard = guard
        self._time_limit = time_limit
        self._plugin = plugin
        self._instance = instance

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._instance, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def guarded(*args: Any, **kwargs: Any) -> Any:
            return await self._guard.call(
                self._plugin,
                name,
                lambda: attribute(*args, **kwargs),
                time_limit=self._time_limit,
            )

        return guarded
