"""``arengo plugin uninstall``: a plugin's data leave the database, its code stays pip's."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from arengo_core.cli.database import as_owner
from arengo_core.database import migrate
from arengo_core.database.engine import make_engine
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import ESSENTIAL, Plugin, Registry
from arengo_core.settings import Settings


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(name: str, yes: bool) -> None:
    """Drop the tables of the plugin NAME, and say how to remove its code.

    Nobody else's tables are touched. Of a plugin that does not load, the schema of its name is
    dropped. End the program first; `arengo backup` keeps what was there.
    """
    if name in ESSENTIAL or name == "core":
        raise click.ClickException(f"{name} belongs to the program itself.")
    registry = load_plugins()  # those that the settings disable too
    fault = next((error for error in registry.set_aside if error.plugin == name), None)
    title, schema, history = name, name, None
    if fault is not None:
        if name in {other.schema for other in registry.histories}:
            raise click.ClickException(f"The schema {name} is that of a plugin that loads.")
        click.echo(f"{name} does not load, its schema goes as it is: {fault.message}", err=True)
    else:
        found = _loaded(registry, name)
        title, history = found.manifest.title, found.migrations
        schema = history.schema if history else None
    if schema is not None:
        if not yes:
            click.confirm(f"Drop all data of {title} for good?", abort=True)

        async def drop(_settings: Settings, owner: str) -> None:
            was_there = await _drop(owner, schema, history)
            said = "The tables of {} are gone." if was_there else "There were no tables of {}."
            click.echo(said.format(name))

        as_owner(drop)
    [point] = entry_points(group=GROUP, name=name)
    distribution = point.dist.name if point.dist else name
    click.echo(f"Its code goes with: pip uninstall {distribution}")


def _loaded(registry: Registry, name: str) -> Plugin:
    """A plugin that loads and that no other needs."""
    try:
        found = registry.plugin(name)
    except KeyError:
        raise click.ClickException(f"There is no loaded plugin {name!r}.") from None
    needing = [p.name for p in registry.plugins if name in p.manifest.requires]
    if needing:
        raise click.ClickException(f"{', '.join(needing)} cannot do without {name}: begin there.")
    return found


async def _drop(owner: str, schema: str, history: migrate.MigrationHistory | None) -> bool:
    """Drop what a history made, or the schema alone; whether it was there."""
    engine = make_engine(owner, pool_size=1)
    try:
        async with engine.connect() as connection:
            was_there = await migrate.revision_of(connection, schema) is not None
        if was_there and history is not None:
            await migrate.downgrade(engine, history)
        elif was_there:
            await migrate.drop(engine, schema)
    finally:
        await engine.dispose()
    return was_there
