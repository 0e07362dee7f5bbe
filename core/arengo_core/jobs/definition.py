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
    """

    name: str
    handle: JobHandler
    attempts: int = 8
    concurrency: int = 0
    title: str = ""
    time_limit: float = 120.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that the worker starts by the clock; ``cron`` has five fields, in UTC."""

    job: Job
    cron: str


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job to be done, noted in the transaction that causes it."""

    name: str
    payload: dict[str, Any]
    delay_seconds: float = 0
    dedupe_key: str | None = None
