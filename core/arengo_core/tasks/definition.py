"""What a task is, as core and plugins register it, and what its work is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from arengo_core.caller import Caller, Permission

if TYPE_CHECKING:
    from arengo_core.database.unit_of_work import UnitOfWork
    from arengo_core.host import Host


class TaskState(StrEnum):
    """Where a task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self not in {TaskState.QUEUED, TaskState.RUNNING}


class Progress(Protocol):
    """Told by slow work how far it is."""

    async def tell(self, message: str, done: int = 0, total: int = 0, **facts: str | int) -> None:
        """What is done now: a msgid, facts that fill its ``{placeholders}``, and how much is done.

        ``total`` is 0 where nobody knows. A task that was cancelled ends here.
        """
        ...


class Untold:
    """Progress that nobody asked for."""

    async def tell(self, message: str, done: int = 0, total: int = 0, **facts: str | int) -> None:
        """Nothing is noted."""


UNTOLD = Untold()


class TaskRun(Progress, Protocol):
    """One run of a task's work: what a plugin's ``work`` is given.

    ``payload`` is what the task was begun with, ``kept`` what its work keeps from one transaction
    to the next, so that another run goes on after a crash. ``caller`` is whoever began the task,
    with today's rights.
    """

    host: Host
    caller: Caller
    organization_id: UUID
    payload: Mapping[str, Any]
    kept: dict[str, Any]

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work of the caller's. It commits only while this run is the task's: cancelled
        or overtaken, what was written in it is undone.

        ``kept``, the last ``tell`` and ``finish`` are stored along with it.
        """
        ...

    def finish(self, result: str, message: str, **facts: str | int) -> None:
        """Say what came of it: the path of a page and a msgid. Inside the last transaction the task
        ends with it, so that the work is never done twice.
        """
        ...

    async def finish_with_file(
        self, content: bytes, name: str, content_type: str, message: str, **facts: str | int
    ) -> None:
        """End with a file to fetch, in a transaction of its own."""
        ...


@dataclass(frozen=True, slots=True)
class TaskKind:
    """A kind of slow work: ``TaskKind("ski.count", N_("Count the passes"), count, (PASSES,))``.

    ``key`` begins with the plugin's, ``title`` is a msgid. Beside whoever began it, people with
    one of the ``permissions`` in its organization see a task and may cancel it. ``facts`` makes
    what fills the placeholders of title and messages from the payload, in the reader's language.
    ``cancelled`` is called in the transaction that cancels, for what parts already committed leave
    behind.
    """

    key: str
    title: str
    work: Callable[[TaskRun], Awaitable[None]]
    permissions: tuple[Permission, ...] = ()
    facts: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    cancelled: Callable[[UnitOfWork, UUID, Mapping[str, Any]], Awaitable[None]] | None = None
