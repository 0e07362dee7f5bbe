"""``arengo secrets``: the master keys of secrets at rest."""

from __future__ import annotations

from secrets import token_urlsafe

import click

from arengo_core.cli.database import as_owner
from arengo_core.database.rotation import rotate as renew
from arengo_core.plugins.manager import load_plugins
from arengo_core.secrets import Cipher
from arengo_core.settings import Settings


@click.group()
def secrets() -> None:
    """Look after the master keys under which secrets are stored."""


@secrets.command("new-key")
def new_key() -> None:
    """Print a new master key, to stand first in ARENGO_ENCRYPTION_KEYS."""
    click.echo(token_urlsafe(48))


@secrets.command()
def rotate() -> None:
    """Bring every stored secret under the first of ARENGO_ENCRYPTION_KEYS.

    Server and worker must have been started with that key first. It may run while they serve,
    and again when it was cut off. Afterwards the keys behind the first may be taken away.
    """

    async def run(settings: Settings, owner: str) -> None:
        counts = await renew(owner, load_plugins().histories, Cipher(settings.master_keys()))
        for column, (renewed, kept) in counts.items():
            click.echo(f"{column}: {renewed} of {kept} renewed")
        click.echo("Every stored secret is under the newest key.")

    as_owner(run)
