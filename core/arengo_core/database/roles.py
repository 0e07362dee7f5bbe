"""Roles: an owner that migrates, and the program's own that owns nothing and bypasses nothing."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import asyncpg

from arengo_core.database.embedded import EmbeddedServer
from arengo_core.errors import SettingsError
from arengo_core.ids import keyed_digest, new_token
from arengo_core.settings import Settings

APP_ROLE = "arengo_app"
OWNER_ROLE = "arengo_owner"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
DATABASE = "arengo"

_PRIVILEGES = """
select r.rolsuper or r.rolbypassrls as bypasses,
       pg_has_role(r.rolname, d.datdba, 'member') or exists (
           select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'core' and c.relkind = 'r' and c.relowner = r.oid) as owns,
       r.rolcreaterole or r.rolsuper as makes_roles,
       r.rolname as name
from pg_roles r cross join pg_database d
where r.rolname = current_user and d.datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The two logins: ``app`` serves, ``owner`` migrates (None where only the DBA may)."""

    app: str
    owner: str | None


def _with_login(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(role)}:{quote(password)}@{host}").geturl()


def app_password(settings: Settings, url: str) -> str:
    """The restricted role's password on a server we were given a privileged login for."""
    seed = f"app-role:{urlsplit(url).password or ''}"
    return keyed_digest(settings.secret_key.get_secret_value().encode(), seed).hex()


def bootstrap_sql(settings: Settings) -> list[str]:
    """What a DBA runs as superuser where the program's login may not."""
    database = database_name(settings)
    owner = _login_of(settings.database_owner_url) or OWNER_ROLE
    app = _login_of(settings.database_url if settings.database_owner_url else None) or APP_ROLE
    return [
        f"CREATE ROLE {owner} LOGIN PASSWORD '<choose>' NOSUPERUSER NOBYPASSRLS;",
        f"CREATE ROLE {app} LOGIN PASSWORD '<choose>' NOSUPERUSER NOBYPASSRLS;",
        f"CREATE DATABASE {database} OWNER {owner};",
        f"-- connected to {database}:",
        *(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS),
    ]


def _login_of(url: str | None) -> str:
    return unquote(urlsplit(url).username or "") if url else ""


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    exists = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    literal = password.replace("'", "''")
    await connection.execute(
        f"{verb} role {role} login nosuperuser nobypassrls nocreatedb nocreaterole"
        f" password '{literal}'"
    )


async def _bootstrap_embedded(server: EmbeddedServer) -> DatabaseUrls:
    credentials = server.folder / "login"
    if not credentials.is_file():
        credentials.touch(mode=0o600)
        credentials.write_text(new_token(24))
    password = credentials.read_text().strip()
    urls = DatabaseUrls(
        app=_with_login(server.url(DATABASE), APP_ROLE, password),
        owner=_with_login(server.url(DATABASE), OWNER_ROLE, password),
    )
    done = server.folder / "bootstrapped"
    if done.is_file():
        return urls
    connection = await asyncpg.connect(server.url())
    try:
        await _ensure_role(connection, OWNER_ROLE, password)
        await _ensure_role(connection, APP_ROLE, password)
        if not await connection.fetchval("select 1 from pg_database where datname=$1", DATABASE):
            await connection.execute(f"create database {DATABASE} owner {OWNER_ROLE}")
    finally:
        await connection.close()
    done.touch()
    return urls


async def _connect(url: str, setting: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise SettingsError(
            "{setting}: the server does not let us in: {fault}",
            setting=setting,
            fault=str(error) or "no answer within 10 seconds",
        ) from None


async def check_owner(url: str) -> None:
    """SettingsError when the owner cannot sign in."""
    await (await _connect(url, "ARENGO_DATABASE_OWNER_URL")).close()


async def _resolve_given(settings: Settings, url: str) -> DatabaseUrls:
    connection = await _connect(url, "ARENGO_DATABASE_URL")
    try:
        row = await connection.fetchrow(_PRIVILEGES)
        assert row is not None
        told_apart = settings.database_owner_url is not None
        if told_apart or not (row["bypasses"] or row["owns"]):
            return DatabaseUrls(app=url, owner=settings.database_owner_url)
        password = app_password(settings, url)
        if row["makes_roles"]:
            await _ensure_role(connection, APP_ROLE, password)
    finally:
        await connection.close()
    return DatabaseUrls(
        app=_with_login(url, APP_ROLE, password), owner=settings.database_owner_url or url
    )


async def resolve(settings: Settings) -> DatabaseUrls:
    """The two logins for these settings; starts the embedded server where none is named."""
    if settings.database_url is not None:
        return await _resolve_given(settings, settings.database_url)
    server = embedded_server(settings)
    server.start()
    return await _bootstrap_embedded(server)


def embedded_server(settings: Settings) -> EmbeddedServer:
    """The embedded server of an installation's data folder."""
    return EmbeddedServer(Path(settings.data_dir).resolve() / "postgres")


@contextmanager
def embedded_running(settings: Settings) -> Generator[None]:
    """The embedded server, where no other is named; stops it afterwards if this started it."""
    server = embedded_server(settings) if settings.database_url is None else None
    started = server.start() if server else False
    try:
        yield
    finally:
        if started and server:
            server.stop()


async def refuse_privileged(url: str) -> None:
    """SettingsError if the program's login could walk past row-level security."""
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise SettingsError(
            "The program's own role {role} cannot sign in ({fault}). Run `arengo migrate"
            " --bootstrap`, or name a restricted login in ARENGO_DATABASE_URL.",
            role=unquote(urlsplit(url).username or ""),
            fault=error,
        ) from None
    try:
        row = await connection.fetchrow(_PRIVILEGES)
    finally:
        await connection.close()
    assert row is not None
    if row["bypasses"] or row["owns"]:
        raise SettingsError(
            "The program refuses to serve as {role}: this login is a superuser, bypasses"
            " row-level security or owns the tables. Name a restricted role.",
            role=row["name"],
        )


def database_name(settings: Settings) -> str:
    """The name of the database that the settings point at."""
    url = settings.database_owner_url or settings.database_url
    return urlsplit(url).path.lstrip("/") if url else DATABASE


async def may_bootstrap(settings: Settings) -> bool:
    """Whether the login at hand may make roles; the embedded server's always may."""
    url = settings.database_owner_url or settings.database_url
    if url is None:
        return True
    owner = url == settings.database_owner_url
    connection = await _connect(url, f"ARENGO_DATABASE_{'OWNER_' if owner else ''}URL")
    try:
        row = await connection.fetchrow(_PRIVILEGES)
    finally:
        await connection.close()
    return bool(row and row["makes_roles"])
