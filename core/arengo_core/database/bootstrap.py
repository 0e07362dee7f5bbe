"""What must be on a server before the first migration, and the SQL for whoever may make it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import asyncpg

from arengo_core.database import roles
from arengo_core.settings import Settings

_STATE = """
select pg_has_role(d.datdba, 'member') as owns, current_user::text as login,
       (select array_agg(rolname::text) from pg_roles) as roles,
       (select array_agg(extname::text) from pg_extension) as extensions
from pg_database d where d.datname = current_database()
"""


async def bootstrap(settings: Settings) -> list[str]:
    """Make the program's role where this login may; else the SQL that a DBA has to run.

    Nothing to run means that `arengo migrate` can go on: it makes the extensions itself.
    """
    given = settings.database_owner_url or settings.database_url
    if given is None:
        return []
    try:
        connection = await asyncpg.connect(given, timeout=10)
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as no:
        return [f"-- The server does not let this login in: {no}.", *_everything(settings)]
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise roles.not_let_in(_setting(settings), error) from None
    try:
        if await roles.may_make_roles(connection):
            await roles.make_app_role(connection, settings)
            return []
        return _missing(settings, await connection.fetchrow(_STATE))
    finally:
        await connection.close()


def _setting(settings: Settings) -> str:
    return f"ARENGO_DATABASE_{'OWNER_' if settings.database_owner_url else ''}URL"


def _names(settings: Settings) -> tuple[str, str, str]:
    """Owner, program's role and database, as the settings name them or as they are by default."""
    given = settings.database_owner_url or settings.database_url or ""
    owner = _login_of(settings.database_owner_url) or roles.OWNER_ROLE
    app = _login_of(settings.database_url if settings.database_owner_url else None)
    return owner, app or roles.APP_ROLE, unquote(urlsplit(given).path.lstrip("/"))


def _login_of(url: str | None) -> str:
    return unquote(urlsplit(url).username or "") if url else ""


def _create_role(name: str) -> str:
    return (
        f"CREATE ROLE {roles.identifier(name)} LOGIN PASSWORD '<choose>' NOSUPERUSER NOBYPASSRLS;"
    )


def _everything(settings: Settings) -> list[str]:
    owner, app, database = _names(settings)
    name = roles.identifier(database)
    return [
        "-- A DBA runs, as superuser:",
        _create_role(owner),
        _create_role(app),
        f"CREATE DATABASE {name} OWNER {roles.identifier(owner)};",
        f"-- connected to {database}:",
        *(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in roles.EXTENSIONS),
    ]


def _missing(settings: Settings, state: asyncpg.Record | None) -> list[str]:
    """What a database that lets us in still lacks."""
    assert state is not None
    owner, app, database = _names(settings)
    if state["owns"]:
        owner = state["login"]
    lines = [_create_role(name) for name in (owner, app) if name not in state["roles"]]
    if not state["owns"]:
        lines.append(
            f"ALTER DATABASE {roles.identifier(database)} OWNER TO {roles.identifier(owner)};"
        )
    extensions = [name for name in roles.EXTENSIONS if name not in state["extensions"]]
    if extensions and not state["owns"]:  # an owner makes these himself: they are trusted ones
        lines.append(f"-- connected to {database}:")
        lines += [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in extensions]
    if not lines:
        return []
    return ["-- This login may not make roles. A DBA runs, as superuser:", *lines]
