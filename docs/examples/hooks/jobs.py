"""A kind of job; ``uow.enqueue`` puts one into the queue in the transaction that causes it.

It runs while the member has the service: the payload names it under ``organization``.
"""

from collections.abc import Mapping
from typing import Any

from arengo_core.host import Host
from arengo_core.jobs.definition import Job
from arengo_core.plugins.hookspecs import hookimpl


async def answer(host: Host, payload: Mapping[str, Any]) -> None:
    """Called in a worker, at least once."""


@hookimpl
def arengo_jobs() -> list[Job]:
    return [Job("example.answer", answer, service="example")]
