"""A command: ``arengo example``."""

import click

from arengo_core.plugins.hookspecs import hookimpl


@click.command()
def example() -> None:
    """Say good morning."""
    click.echo("Buongiorno")


@hookimpl
def arengo_commands() -> list[click.Command]:
    return [example]
