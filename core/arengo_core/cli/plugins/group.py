"""``arengo plugin``: what is installed, and the commands of those who write plugins."""

from __future__ import annotations

import click

from arengo_core.cli.plugins.checking import check
from arengo_core.cli.plugins.developing import dev
from arengo_core.cli.plugins.disabling import disable, enable
from arengo_core.cli.plugins.known import known_plugins
from arengo_core.cli.plugins.remote import remote
from arengo_core.cli.plugins.removing import uninstall
from arengo_core.cli.plugins.scaffolding import new
from arengo_core.settings import load_settings


@click.group(commands=[check, dev, disable, enable, new, remote, uninstall])
def plugin() -> None:
    """Look at plugins, write one, try it, take it away."""


@plugin.command("list")
def list_plugins() -> None:
    """Installed and remote plugins, and those set aside with the reason."""
    registry = known_plugins(load_settings())
    for loaded in registry.plugins:
        services = ", ".join(service.key for service in loaded.services) or "-"
        at = f"  remote, {loaded.remote_url}" if loaded.remote_url else ""
        click.echo(f"{loaded.name:<16} {loaded.manifest.version:<10} services: {services}{at}")
    for error in registry.set_aside:
        click.echo(f"{error.plugin:<16} SET ASIDE  {error.stage}: {error.message}")


@plugin.command("info")
@click.argument("name")
def info(name: str) -> None:
    """What a plugin brings; why it is set aside, where it is."""
    registry = known_plugins(load_settings())
    for error in registry.set_aside:
        if error.plugin == name:
            raise click.ClickException(f"{name} is set aside: {error.stage}: {error.message}")
    try:
        loaded = registry.plugin(name)
    except KeyError:
        raise click.ClickException(f"There is no loaded plugin {name!r}.") from None
    manifest = loaded.manifest
    click.echo(f"{manifest.title} {manifest.version}\n{manifest.description}")
    if loaded.remote_url:
        click.echo(f"remote, {loaded.remote_url}")
    for service in loaded.services:
        meters = ", ".join(meter.key for meter in service.meters) or "none"
        click.echo(f"service {service.key}: meters {meters}")
        for grant in registry.asked_by(service.key):
            click.echo(f"  {'writes' if grant.writes else 'reads'} {grant.key}: {grant.title}")
    for grant in loaded.data_grants:
        click.echo(f"data grant {grant.key}: {grant.title}")
    for what in ("routes", "event_handlers", "jobs", "providers", "navigation"):
        click.echo(f"{what}: {len(getattr(loaded, what))}")
