"""Commands on the database: migrate, backup, restore."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import click

from arengo_core.database import migrate as migrations
from arengo_core.database import roles
from arengo_core.database.backup import back_up, bring_back
from arengo_core.database.bootstrap import bootstrap as prepare_server
from arengo_core.database.engine import make_engine
from arengo_core.database.setup import gather_statistics, migrate_all
from arengo_core.errors import SettingsError
from arengo_core.files.service import Files
from arengo_core.host import Host
from arengo_core.observability.logs import configure
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import Settings, load_settings


def as_owner(work: Callable[[Settings, str], Awaitable[None]]) -> None:
    """Run a piece of work with the owner's login, starting the embedded server if need be."""
    settings = load_settings()
    configure("console", settings.log_level)

    async def run() -> None:
        urls = await roles.resolve(settings)
        if urls.owner is None:
            raise SettingsError(
                "This needs the owner's login: set ARENGO_DATABASE_OWNER_URL. `arengo migrate"
                " --bootstrap` says which roles there must be."
            )
        await roles.check_owner(urls.owner)
        await work(settings, urls.owner)

    with roles.embedded_running(settings):
        asyncio.run(run())


async def _migrate(settings: Settings, owner: str) -> None:
    urls = roles.DatabaseUrls((await roles.resolve(settings)).app, owner)
    served = await migrate_all(urls, load_plugins(settings.disabled_plugins))
    for error in served.set_aside:
        click.echo(f"set aside: {error}", err=True)
    click.echo("The database is at this version's state.")


async def _make(settings: Settings, owner: str, plugin: str, message: str) -> None:
    history = load_plugins(settings.disabled_plugins).plugin(plugin).migrations
    if history is None:
        raise SettingsError("The plugin {plugin} has no tables.", plugin=plugin)
    engine = make_engine(owner, pool_size=1)
    try:
        for path in await migrations.make_revision(engine, history, message):
            click.echo(str(path))
    finally:
        await engine.dispose()


@click.command()
@click.option("--bootstrap", is_flag=True, help="Make roles and extensions, or print the SQL.")
@click.option("--make", metavar="PLUGIN", help="Write a revision from the tables' difference.")
@click.option("-m", "--message", default="change", help="With --make: what the revision does.")
def migrate(bootstrap: bool, make: str | None, message: str) -> None:
    """Bring the database to this version's state."""
    settings = load_settings()
    if bootstrap:
        for_the_dba = asyncio.run(prepare_server(settings))
        if for_the_dba:
            click.echo("\n".join(for_the_dba))
            return
    if make is not None:
        as_owner(lambda settings, owner: _make(settings, owner, make, message))
        return
    as_owner(_migrate)


_without_files = click.option(
    "--without-files", is_flag=True, help="Leave the file store's content to other means."
)


@asynccontextmanager
async def _files(settings: Settings, *, without: bool) -> AsyncGenerator[Files | None]:
    if without:
        yield None
        return
    registry = load_plugins(settings.disabled_plugins)
    host = Host.create(settings, registry, (await roles.resolve(settings)).app)
    try:
        yield host.files
    finally:
        await host.close()


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_without_files
def backup(file: Path, without_files: bool) -> None:
    """Write everything into FILE (tar.gz), consistent while the program serves."""

    async def run(settings: Settings, owner: str) -> None:
        async with _files(settings, without=without_files) as files:
            click.echo(f"{await back_up(owner, file, files)} rows in {file}")

    as_owner(run)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_without_files
def restore(file: Path, without_files: bool) -> None:
    """Load a backup into an empty database."""

    async def run(settings: Settings, owner: str) -> None:
        await _migrate(settings, owner)
        async with _files(settings, without=without_files) as files:
            rows = await bring_back(owner, file, files)
        await gather_statistics(owner)
        click.echo(f"{rows} rows from {file}")

    as_owner(run)
