"""``arengo privacy``: personal data of somebody who has no account, by the address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from arengo_core.caller import Caller
from arengo_core.cli.running import open_host
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.privacy import service

T = TypeVar("T")


@click.group()
def privacy() -> None:
    """Answer somebody without an account who asks for their data or its erasure.

    Make sure first that whoever asks reads mails to that address.
    """


def _run(work: Callable[[UnitOfWork, Host], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_host() as host, host.unit_of_work(Caller.program()) as uow:
            return await work(uow, host)

    return asyncio.run(run())


@privacy.command()
@click.argument("email")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(email: str, file: Path) -> None:
    """Write all that is kept under EMAIL into FILE, a zip with a JSON file for each plugin."""
    if file.exists():
        raise click.ClickException(f"{file} is there already: nothing was written.")
    content = _run(lambda uow, host: service.export_of(uow, host, email))
    file.touch(mode=0o600)
    file.write_bytes(content)
    click.echo(f"{file} is written; its owner alone may read it.")


@privacy.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, yes: bool) -> None:
    """Erase what is kept under EMAIL; what the law makes keep stays and is named."""
    if not yes:
        click.confirm(f"Erase what is kept under {email} for good?", abort=True)
    outcomes = _run(lambda uow, host: service.erase_of(uow, host, email))
    for outcome in outcomes:
        holding = outcome.holding
        said = f"kept: {holding.personal.kept}" if outcome.is_kept else "erased"
        click.echo(f"{holding.plugin}.{holding.table.name}: {outcome.rows} {said}")
    if not outcomes:
        click.echo("Nothing is kept under this address.")
