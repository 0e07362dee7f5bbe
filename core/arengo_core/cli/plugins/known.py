"""The plugins of this installation, remote ones too where it has a database."""

from __future__ import annotations

import asyncio

import click
from sqlalchemy.exc import SQLAlchemyError

from arengo_core.database import roles, setup
from arengo_core.errors import ArengoError
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import Registry
from arengo_core.settings import Settings

_AWAY = "The database does not answer or is not migrated: remote plugins are not listed."


def has_database(settings: Settings) -> bool:
    """Whether a database is named, or the embedded one was ever started."""
    return settings.database_url is not None or roles.embedded_server(settings).is_made


def known_plugins(settings: Settings) -> Registry:
    """What is installed and what is registered; what an operator disabled is set aside.

    Without a database, as before the first start, what is installed. It makes none.
    """
    installed = load_plugins(settings.disabled_plugins)
    if not has_database(settings):
        return installed

    async def join() -> Registry:
        urls = await roles.resolve(settings)
        with_remote = await setup.with_remote(urls.app, installed)
        return await setup.without_disabled(urls.app, with_remote)

    try:
        with roles.embedded_running(settings):
            return asyncio.run(join())
    except (ArengoError, SQLAlchemyError, OSError) as error:
        click.echo(f"{_AWAY} ({error})", err=True)
        return installed
