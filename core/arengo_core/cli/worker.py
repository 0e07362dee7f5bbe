"""``arengo worker``: runs jobs."""

from __future__ import annotations

import asyncio
import signal

import click

from arengo_core.cli.running import open_host
from arengo_core.cli.serve import refuse_unsafe
from arengo_core.jobs.worker import work
from arengo_core.settings import load_settings


@click.command()
def worker() -> None:
    """Run jobs: mails, webhooks' consequences, schedules."""
    settings = load_settings()
    if not settings.demo:
        refuse_unsafe(settings)

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        async with open_host(settings) as host:
            await work(host, stop)

    asyncio.run(run())
