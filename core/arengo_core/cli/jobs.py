"""``arengo jobs``: what gave up, and starting it again or discarding it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import click

from arengo_core.caller import Caller
from arengo_core.cli.running import open_host
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.jobs import service


@click.group()
def jobs() -> None:
    """Look after jobs and events' deliveries that gave up."""


def _run(work: Callable[[UnitOfWork, Host], Awaitable[None]]) -> None:
    async def run() -> None:
        async with open_host() as host, host.unit_of_work(Caller.program()) as uow:
            await work(uow, host)

    asyncio.run(run())


@jobs.command()
def dead() -> None:
    """List what gave up: number, time, plugin, what it is, its last error, its trace id."""

    async def show(uow: UnitOfWork, host: Host) -> None:
        letters = await service.dead_letters(uow, host)
        for one in letters:
            words = (f"{one.failed_at:%Y-%m-%dT%H:%M:%SZ}", one.plugin, one.name, one.error)
            click.echo("  ".join((str(one.id), *words, f"trace {one.trace_id or '-'}")))
        click.echo(f"{len(letters)} held." if letters else "Nothing is held.")

    _run(show)


@jobs.command()
@click.argument("number", type=int)
def replay(number: int) -> None:
    """Start again what gave up under NUMBER."""

    async def start(uow: UnitOfWork, host: Host) -> None:
        letter = await service.replay(uow, host, number)
        click.echo(f"Starts again: {letter.name}")

    _run(start)


@jobs.command()
@click.argument("number", type=int)
def discard(number: int) -> None:
    """Give up NUMBER for good: a job is not done, an event is passed over by its handler."""

    async def drop(uow: UnitOfWork, host: Host) -> None:
        letter = await service.discard(uow, host, number)
        click.echo(f"Discarded: {letter.name}")

    _run(drop)
