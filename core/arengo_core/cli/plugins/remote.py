"""``arengo plugin remote``: plugins that run elsewhere and are called over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from arengo_core.cli.running import open_host
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.plugins import gate
from arengo_core.remote import events, fetching, keys, manifest, service, tokens
from arengo_core.remote.manifest import RemoteManifest

T = TypeVar("T")
_RESTART = "Restart server and worker for it to take effect."


@click.group()
def remote() -> None:
    """Register plugins that run elsewhere and are called over HTTP."""


def _run(work: Callable[[Host, UnitOfWork], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_host() as host, host.unit_of_work() as uow:
            return await work(host, uow)

    return asyncio.run(run())


async def _manifest(host: Host, where: str) -> tuple[RemoteManifest, str]:
    if where.startswith(("https://", "http://")):
        return await fetching.from_url(host, where)
    path = Path(where)
    if not path.is_file():  # noqa: ASYNC240 - a command waits for nothing else
        raise click.ClickException(f"{where} is neither an address (https://…) nor a file.")
    return fetching.from_file(host, path)


def _told(read: RemoteManifest, base_url: str) -> None:
    click.echo(f"{read.title.en} {read.version} ({read.key}) at {base_url}")
    for one in read.services:
        told = f"; told of {', '.join(one.events)}" if one.events else ""
        click.echo(f"  service {one.key}: {one.title.en}{told}")
    for provider in read.providers:
        click.echo(f"  {provider.kind} {provider.key}: {provider.title.en}")
    for page in read.pages:
        click.echo(f"  page {page.key} in the {page.face}: {page.title.en}")


@remote.command("add")
@click.argument("where", metavar="URL|FILE")
def add(where: str) -> None:
    """Register the plugin at URL, or the one that a manifest in FILE describes."""

    async def work(host: Host, uow: UnitOfWork) -> tuple[RemoteManifest, str, str, str]:
        read, base_url = await _manifest(host, where)
        secret = await service.add(uow, host, read, base_url)
        return read, base_url, secret, host.url(keys.PATH)

    read, base_url, secret, published = _run(work)
    _told(read, base_url)
    click.echo(f"Its secret, shown this once: {secret}\nOur public keys: {published}\n{_RESTART}")


@remote.command("list")
def list_remote() -> None:
    """What is registered."""

    async def work(_host: Host, uow: UnitOfWork) -> None:
        rows = await service.every(uow)
        for row in rows:
            read = manifest.of(row.manifest)
            click.echo(f"{row.key:<16} {read.version:<10} {row.base_url}")
        if not rows:
            click.echo("No remote plugin is registered.")

    _run(work)


@remote.command("refresh")
@click.argument("key")
@click.option("--from", "where", metavar="URL|FILE", help="Take it from there from now on.")
def refresh(key: str, where: str | None) -> None:
    """Fetch the manifest of the plugin KEY again, and accept it."""

    async def work(host: Host, uow: UnitOfWork) -> tuple[RemoteManifest, str]:
        known = await service.get(uow, key)
        read, base_url = await _manifest(host, where or known.base_url)
        if read.key != key:
            raise click.ClickException(f"That is the manifest of {read.key}, not of {key}.")
        await service.refresh(uow, host, read, base_url)
        return read, base_url

    _told(*_run(work))
    click.echo(_RESTART)


@remote.command("secret")
@click.argument("key")
def secret(key: str) -> None:
    """Give the plugin KEY another secret; for a day the former works beside it."""
    made = _run(lambda host, uow: service.new_secret(uow, host, key))
    click.echo(f"Its secret, shown this once: {made}")


@remote.command("revoke")
@click.argument("key")
def revoke(key: str) -> None:
    """End every token by which the plugin KEY calls back, at once.

    With its secret it gets others: give it another one first where the secret is known to others.
    """

    async def work(_host: Host, uow: UnitOfWork) -> int:
        await service.get(uow, key)
        return await tokens.revoke(uow, key)

    click.echo(f"{_run(work)} tokens of {key} are ended.")


@remote.command("remove")
@click.argument("key")
def remove(key: str) -> None:
    """Forget the plugin KEY: it is neither called nor listened to any more."""
    _run(lambda _host, uow: service.remove(uow, key))
    click.echo(f"{key} is removed. {_RESTART}")


@remote.command("rotate-key")
def rotate_key() -> None:
    """Sign calls by a new key; the former stays published for a day."""
    made = _run(lambda host, uow: keys.rotate(uow.session, host.cipher))
    click.echo(f"Calls are signed by {made.id} within half a minute.")


@remote.command("replay")
@click.argument("key")
def replay(key: str) -> None:
    """Send the plugin KEY once more what it did not take of its members' events."""

    async def work(host: Host, uow: UnitOfWork) -> int:
        read = manifest.of((await service.get(uow, key)).manifest)
        members = {
            member
            for one in read.services
            for member in await gate.active_members(uow.session, one.key)
        }
        return await events.replay(uow, key, members)

    click.echo(f"{_run(work)} events are on their way again.")
