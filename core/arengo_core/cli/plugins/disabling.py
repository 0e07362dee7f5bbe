"""``arengo plugin disable`` and ``enable``: a plugin out of service, its data untouched."""

from __future__ import annotations

import asyncio

import click

from arengo_core import clock
from arengo_core.cli.running import open_host
from arengo_core.plugins import repository
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import ESSENTIAL
from arengo_core.remote import repository as remote

_RESTART = "Restart server and worker for it to take effect."


@click.command()
@click.argument("name")
@click.option("--why", required=True, help="What the office's page of plugins says.")
def disable(name: str, why: str) -> None:
    """Take the plugin NAME out of service: nothing of it is served, its data stay."""
    if name in {"core", *ESSENTIAL}:
        raise click.ClickException(f"{name} belongs to the program itself.")
    registry = load_plugins()
    loaded = {plugin.name for plugin in registry.plugins}
    needing = [p.name for p in registry.plugins if name in p.manifest.requires]

    async def run() -> None:
        async with open_host() as host, host.unit_of_work() as uow:
            if name not in loaded and await remote.plugin(uow.session, name) is None:
                raise click.ClickException(f"There is no loaded plugin {name!r}.")
            await repository.disable(uow.session, name, why.strip(), clock.now())

    asyncio.run(run())
    also = f" {', '.join(needing)} cannot do without it and goes too." if needing else ""
    click.echo(f"{name} is disabled.{also} {_RESTART}")


@click.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let the plugin NAME serve again."""

    async def run() -> bool:
        async with open_host() as host, host.unit_of_work() as uow:
            return await repository.enable(uow.session, name)

    if not asyncio.run(run()):
        raise click.ClickException(f"{name} is not disabled.")
    click.echo(f"{name} is enabled. {_RESTART}")
