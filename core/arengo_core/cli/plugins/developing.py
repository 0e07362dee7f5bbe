"""``arengo plugin dev``: the product with a plugin that is being written."""

from __future__ import annotations

from pathlib import Path

import click

from arengo_core.cli.demo import demo
from arengo_core.cli.plugins.checking import installed_key_of


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def dev(context: click.Context, folder: Path) -> None:
    """Run the demo with the plugin in FOLDER, and start anew when a file of it changes.

    Install it first: pip install -e FOLDER. Data stay from start to start; migrations run.
    """
    key = installed_key_of(str(folder))
    click.echo(f"The demo with {key}: put its services on offer at /office/offers.")
    context.invoke(demo, watch=folder)
