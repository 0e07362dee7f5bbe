"""The process that runs jobs; ``arengo worker`` starts it, and another when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

import click
import structlog

from arengo_core import garbage
from arengo_core.cli.running import open_host
from arengo_core.database.connections import AWAY
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.jobs.worker import work
from arengo_core.plugins.watchdog import watchdog_of_this_process
from arengo_core.settings import load_settings

_PAUSE = 1.0
_log = structlog.get_logger("arengo.jobs")


async def _follow(parent: int, stop: asyncio.Event) -> None:
    """Stop when whoever started us is gone: it can no longer pass on what it is told."""
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(1)
    stop.set()


async def _keep_working(host: Host, stop: asyncio.Event) -> None:
    """Work until ``stop``; while the database is away, look for it every second."""
    while not stop.is_set():
        try:
            await work(host, stop)
        except AWAY as error:
            _log.warning("database_away", error=f"{type(error).__name__}: {error}")
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE)


async def run() -> None:
    """Work until SIGINT or SIGTERM, or until the parent is gone."""
    parent = os.getppid()
    settings = load_settings()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with open_host(settings) as host:
        watchdog = watchdog_of_this_process(settings, host.guard.under_way)
        if watchdog is not None:
            await watchdog.start()
        garbage.settle()
        following = asyncio.create_task(_follow(parent, stop))
        try:
            await _keep_working(host, stop)
        finally:
            following.cancel()
            if watchdog is not None:
                await watchdog.stop()


if __name__ == "__main__":
    try:
        asyncio.run(run())
    except ArengoError as error:
        click.echo(f"arengo: {error}", err=True)
        sys.exit(2)
