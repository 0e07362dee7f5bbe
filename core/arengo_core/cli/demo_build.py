"""Building the demo: migrate, then run every plugin's demo steps in order."""

from __future__ import annotations

import click

from arengo_core.cli.demo import Stage
from arengo_core.database import roles
from arengo_core.database.setup import gather_statistics, migrate_all
from arengo_core.errors import SettingsError
from arengo_core.host import Host
from arengo_core.jobs.worker import drain
from arengo_core.observability.logs import configure
from arengo_core.organizations import repository as organizations
from arengo_core.plugins.fingerprint import code_fingerprint
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import Settings


async def build(settings: Settings, consortium: str, *, fresh: bool) -> Stage:
    """Bring the database to this code; with ``fresh`` load the demo into it."""
    configure("console", settings.log_level)
    urls = await roles.resolve(settings)
    registry = await migrate_all(urls, load_plugins(settings.disabled_plugins))
    for error in registry.set_aside:
        click.echo(f"set aside: {error}", err=True)
    if fresh:
        host = Host.create(settings, registry, urls.app)
        try:
            async with host.unit_of_work(read_only=True) as uow:
                if await organizations.of_kind(uow.session, "consortium"):
                    raise SettingsError(
                        "The database holds an installation or an interrupted demo already:"
                        " `arengo demo --reset` starts over."
                    )
            click.echo(f"Loading the demo {consortium}:")
            steps = [step for loaded in registry.plugins for step in loaded.demo]
            for step in sorted(steps, key=lambda step: step.order):
                click.echo(f"  {step.title} …")
                await step.run(host, consortium)
            await drain(host)
        finally:
            await host.close()
        if urls.owner is not None:
            await gather_statistics(urls.owner)
    companions = {
        companion.key: (companion.title, list(companion.arguments))
        for loaded in registry.plugins
        for companion in loaded.companions
    }
    return Stage(consortium, code_fingerprint(), companions)
