"""Bringing a database to the code's state: roles, migrations, queue, grants."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg
import structlog

from arengo_core.database import migrate, roles
from arengo_core.database.engine import make_engine
from arengo_core.database.unit_of_work import make_sessions
from arengo_core.errors import SettingsError
from arengo_core.files.service import require_store
from arengo_core.i18n import catalogue, set_locale
from arengo_core.jobs import queue
from arengo_core.plugins import repository as plugins
from arengo_core.plugins import strikes
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import ESSENTIAL, PluginError, Registry
from arengo_core.plugins.watchdog import FOLDER
from arengo_core.remote import repository as remote
from arengo_core.remote.assembly import joined
from arengo_core.settings import Settings

_log = structlog.get_logger("arengo.migrate")


async def ensure_extensions(owner_url: str) -> None:
    """The extensions that search and indexes need; trusted ones an owner may create."""
    connection = await asyncpg.connect(owner_url)
    try:
        for name in roles.EXTENSIONS:
            await connection.execute(f"create extension if not exists {name}")
    except asyncpg.InsufficientPrivilegeError:
        raise SettingsError(
            "The owner may not create extensions. Let a DBA run `arengo migrate --bootstrap`'s SQL."
        ) from None
    finally:
        await connection.close()


async def _require_role(owner_url: str, role: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
            raise SettingsError(
                "There is no role {role} for the program. `arengo migrate --bootstrap` makes it, or"
                " prints the SQL for a DBA.",
                role=role,
            )
    finally:
        await connection.close()


async def migrate_all(urls: roles.DatabaseUrls, registry: Registry) -> Registry:
    """Run every history to its head, then grant. A plugin whose migration fails is set aside.

    Core's and the marketplace's own must pass. Returns the registry of what can serve.
    """
    if urls.owner is None:
        raise SettingsError("Migrations need the owner's login: set ARENGO_DATABASE_OWNER_URL.")
    app_role = unquote(urlsplit(urls.app).username or "")
    await _require_role(urls.owner, app_role)
    await ensure_extensions(urls.owner)
    engine = make_engine(urls.owner, pool_size=1, name="arengo-migrate")
    essential = {"core", "marketplace"}
    try:
        for plugin in list(registry.plugins):
            if plugin.migrations is None or plugin not in registry.plugins:
                continue
            try:
                await migrate.upgrade(engine, plugin.migrations)
            except Exception as error:
                if plugin.name in essential:
                    raise
                fault = PluginError(plugin.name, "migration", f"{type(error).__name__}: {error}")
                _log.warning("migration_failed", plugin=plugin.name, error=str(error))
                registry = registry.without(plugin.name, fault)
        await queue.install(urls.owner)
        await migrate.grant(
            engine, [queue.SCHEMA, *(h.schema for h in registry.histories)], app_role
        )
    finally:
        await engine.dispose()
    return registry


async def gather_statistics(owner_url: str) -> None:
    """Tell the planner of rows that came all at once; until then a search takes 30 times as long.

    PostgreSQL does so by itself, but minutes later.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("analyze")
    finally:
        await connection.close()


async def set_aside_unmigrated(app_url: str, registry: Registry) -> Registry:
    """The registry without plugins whose tables are not at the code's head.

    SettingsError when core's or the marketplace's own are not.
    """
    engine = make_engine(app_url, pool_size=1, name="arengo-check")
    try:
        behind = set(await migrate.pending(engine, registry.histories))
    finally:
        await engine.dispose()
    for plugin in list(registry.plugins):
        if plugin.migrations is None or plugin.migrations.schema not in behind:
            continue
        if plugin.name in {"core", "marketplace"}:
            raise SettingsError("The database is not migrated: run `arengo migrate`.")
        if plugin in registry.plugins:
            fault = PluginError(plugin.name, "migration", "its tables are not at this version")
            registry = registry.without(plugin.name, fault)
    return registry


async def without_disabled(app_url: str, registry: Registry) -> Registry:
    """The registry without plugins that an operator took out of service, and who needs them."""
    engine = make_engine(app_url, pool_size=1, name="arengo-check")
    try:
        async with make_sessions(engine)() as session:
            disabled = await plugins.disabled(session)
    finally:
        await engine.dispose()
    for plugin in list(registry.plugins):
        if plugin.name in disabled and plugin in registry.plugins:
            fault = PluginError(plugin.name, "disabled", disabled[plugin.name])
            registry = registry.without(plugin.name, fault)
    return registry


async def with_remote(app_url: str, registry: Registry) -> Registry:
    """The registry with the remote plugins that the operator registered."""
    engine = make_engine(app_url, pool_size=1, name="arengo-check")
    try:
        async with make_sessions(engine)() as session:
            return joined(registry, await remote.plugins(session))
    finally:
        await engine.dispose()


async def fit_to_serve(settings: Settings) -> tuple[roles.DatabaseUrls, Registry]:
    """The logins and the plugins that can serve.

    SettingsError when the login is privileged or the database is not at this version.
    """
    urls = await roles.resolve(settings)
    await roles.refuse_privileged(urls.app)
    registry = await set_aside_unmigrated(urls.app, load_plugins(settings.disabled_plugins))
    registry = await with_remote(urls.app, registry)
    require_store(settings, registry)
    registry.require_providers(settings.providers)
    await _settle_strikes(urls.app, settings, registry)
    return urls, await without_disabled(urls.app, registry)


async def _settle_strikes(app_url: str, settings: Settings, registry: Registry) -> None:
    """Read what processes of this server left that died, before their successor loads plugins."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return
    for plugin in registry.plugins:
        if plugin.name in ESSENTIAL and plugin.resources.locale is not None:
            catalogue.add(plugin.resources.locale)
    set_locale(settings.default_locale)
    engine = make_engine(app_url, pool_size=1, name="arengo-check")
    try:
        async with make_sessions(engine)() as session, session.begin():
            await strikes.settle(session, Path(folder))
    finally:
        await engine.dispose()
