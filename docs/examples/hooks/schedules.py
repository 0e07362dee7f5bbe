"""A job that the worker starts at ten past each hour."""

from collections.abc import Mapping
from typing import Any

from arengo_core.host import Host
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.plugins.hookspecs import hookimpl


async def tidy(host: Host, payload: Mapping[str, Any]) -> None:
    """Forget what is old."""


@hookimpl
def arengo_schedules() -> list[Schedule]:
    return [Schedule(Job("example.tidy", tidy), "10 * * * *")]
