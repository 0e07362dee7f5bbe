"""``arengo plugin uninstall``: a plugin's data leave the database, its code stays pip's."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from arengo_core.cli.database import as_owner
from arengo_core.database import migrate
from arengo_core.database.engine import make_engine
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import ESSENTIAL
from arengo_core.settings import Settings


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(name: str, yes: bool) -> None:
    """Drop the tables of the plugin NAME, and say how to remove its code.

    Nobody else's tables are touched. End the program first; `arengo backup` keeps what was there.
    """
    if name in ESSENTIAL or name == "core":
        raise click.ClickException(f"{name} belongs to the program itself.")
    registry = load_plugins()  # those that the settings disable too
    for error in registry.set_aside:
        if error.plugin == name:
            raise click.ClickException(f"{name} must load to drop its tables: {error.message}")
    try:
        found = registry.plugin(name)
    except KeyError:
        raise click.ClickException(f"There is no loaded plugin {name!r}.") from None
    needing = [p.name for p in registry.plugins if name in p.manifest.requires]
    if needing:
        raise click.ClickException(f"{', '.join(needing)} cannot do without {name}: begin there.")
    history = found.migrations
    if history is not None:
        if not yes:
            click.confirm(f"Drop all data of {found.manifest.title} for good?", abort=True)

        async def drop(_settings: Settings, owner: str) -> None:
            engine = make_engine(owner, pool_size=1)
            try:
                async with engine.connect() as connection:
                    was_there = await migrate.revision_of(connection, history.schema) is not None
                if was_there:
                    await migrate.downgrade(engine, history)
            finally:
                await engine.dispose()
            said = "The tables of {} are gone." if was_there else "There were no tables of {}."
            click.echo(said.format(name))

        as_owner(drop)
    [point] = entry_points(group=GROUP, name=name)
    distribution = point.dist.name if point.dist else name
    click.echo(f"Its code goes with: pip uninstall {distribution}")
