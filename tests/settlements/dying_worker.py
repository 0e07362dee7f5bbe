"""A worker process for tests that kills itself with SIGKILL at one point of closing a month."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager

from arengo_core.clock import VARIABLE
from arengo_core.host import Host
from arengo_core.jobs.worker import drain
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import Settings
from arengo_core.tasks.run import Run
from tests.settlements.valley import Bells

COMMITTED = 100
"""In place of a phase's per cent: when all is committed and the queue does not know it yet."""


def die_at(per_cent: int, settings: Settings, clock: str) -> None:
    """Run due jobs until a task tells the phase."""
    os.environ[VARIABLE] = clock
    _let_runs_die(per_cent)
    asyncio.run(_work(settings))


def _let_runs_die(per_cent: int) -> None:
    tell, transaction = Run.tell, Run.transaction

    async def told(run: Run, message: str, done: int = 0, total: int = 0, **facts: str | int):
        await tell(run, message, done, total, **facts)
        if done == per_cent:
            os.kill(os.getpid(), signal.SIGKILL)

    @asynccontextmanager
    async def committed(run: Run):
        async with transaction(run) as uow:
            yield uow
        if per_cent == COMMITTED:
            os.kill(os.getpid(), signal.SIGKILL)

    Run.tell, Run.transaction = told, committed


async def _work(settings: Settings) -> None:
    plugins = load_plugins(extra=[("bells", Bells())])
    host = Host.create(settings, plugins, settings.database_url)
    try:
        await drain(host)
    finally:
        await host.close()
