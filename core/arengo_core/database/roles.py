"""Roles: an owner that migrates, and the program's own that owns nothing and bypasses nothing."""

from __future__ import annotations

import re
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

_LOCK = 0x61_72_65_6E
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_STRONG = """
select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = $1
"""
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


def identifier(name: str) -> str:
    """A name as SQL takes it."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    """Make the role, or give it this password.

    What only a superuser may change is named only where it is wrong.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
        strong = await connection.fetchval(_STRONG, role)
        kind = "nosuperuser nobypassrls nocreatedb nocreaterole" if strong is not False else ""
        literal = password.replace("'", "''")
        await connection.execute(
            f"{'create' if strong is None else 'alter'} role {identifier(role)} login {kind}"
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


def not_let_in(setting: str, error: Exception) -> SettingsError:
    """The error that names the setting and what the server said."""
    return SettingsError(
        "{setting}: the server does not let us in: {fault}",
        setting=setting,
        fault=str(error) or "no answer within 10 seconds",
    )


async def _connect(url: str, setting: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise not_let_in(setting, error) from None


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
        if row["makes_roles"]:
            await make_app_role(connection, settings)
    finally:
        await connection.close()
    return DatabaseUrls(app=_app_url(settings, url), owner=url)


def _app_url(settings: Settings, url: str) -> str:
    """The program's login: as it is named, or the restricted role beside a privileged login."""
    if settings.database_owner_url is not None:
        return url
    return _with_login(url, APP_ROLE, app_password(settings, url))


async def make_app_role(connection: asyncpg.Connection, settings: Settings) -> None:
    """Make the program's role, or its password, unless it can sign in already."""
    url = _app_url(settings, settings.database_url or "")
    try:
        await (await asyncpg.connect(url, timeout=10)).close()
        return
    except asyncpg.InvalidAuthorizationSpecificationError:
        login = urlsplit(url)
    role = unquote(login.username or "")
    try:
        await _ensure_role(connection, role, unquote(login.password or ""))
    except asyncpg.InsufficientPrivilegeError as error:
        raise SettingsError(
            "This login may not change the program's role {role} ({fault}). Name a login of that"
            " role in ARENGO_DATABASE_URL, and this one in ARENGO_DATABASE_OWNER_URL.",
            role=role,
            fault=error,
        ) from None


async def may_make_roles(connection: asyncpg.Connection) -> bool:
    """Whether the login at hand may make roles."""
    row = await connection.fetchrow(_PRIVILEGES)
    return bool(row and row["makes_roles"])


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
            "The program's own role {role} cannot sign in ({fault}). Name a login of that role in"
            " ARENGO_DATABASE_URL, and the owner's in ARENGO_DATABASE_OWNER_URL. `arengo migrate"
            " --bootstrap` makes the role, or prints the SQL for a DBA.",
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
