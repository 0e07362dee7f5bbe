"""What a job is, as core and plugins register it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arengo_core.host import Host

JobHandler = Callable[["Host", dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job. It runs at least once and opens its own units of work.

    After ``attempts`` failures, with growing pauses, it is held for a person to look at, who
    reads ``title`` (a msgid). One whose turn has not come raises ``NotYetError``; a run that
    takes longer than ``time_limit`` seconds is a failure.

    Where ``service`` is named, it runs only while the member has that active, and is dropped
    otherwise; the payload has the member's id under the key ``member``. What ``finishes`` begun
    work (a refund, tracking, the bill for what was used) runs on after a suspension or the end.
    """

    name: str
    handle: JobHandler
    attempts: int = 8
    concurrency: int = 0
    title: str = ""
    time_limit: float = 120.0
    service: str | None = None
    finishes: bool = False
    member: str = "organization"

    @property
    def is_gated(self) -> bool:
        """Whether it runs for members alone who have its service active."""
        return self.service is not None and not self.finishes


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that the worker starts by the clock; ``cron`` has five fields, in UTC.

    Its payload is empty, and so names no member: let it enqueue a job for each, or finish.
    """

    job: Job
    cron: str


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job to be done, noted in the transaction that causes it."""

    name: str
    payload: dict[str, Any]
    delay_seconds: float = 0
    dedupe_key: str | None = None
