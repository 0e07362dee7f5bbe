"""Databases for tests: a migrated template, cloned for each pytest worker.

The embedded server by default. ``ARENGO_TEST_OWNER_URL`` and ``ARENGO_TEST_APP_URL`` name a
server PostgreSQL instead: a non-superuser owner that may create databases, and the
program's restricted role. ``ARENGO_TEST_TEMPLATE`` names a migrated template there, for a run
inside another.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from arengo_core.database.embedded import EmbeddedServer
from arengo_core.database.roles import APP_ROLE, OWNER_ROLE, DatabaseUrls
from arengo_core.database.setup import migrate_all
from arengo_core.plugins.fingerprint import code_fingerprint
from arengo_core.plugins.manager import load_plugins

_PASSWORD = "arengo-tests"  # noqa: S105 - a throw-away server on this machine


def _on(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@dataclass(frozen=True, slots=True)
class TestServer:
    """A server for tests, with an owner that may make databases and the restricted role."""

    owner: str
    app: str

    def urls(self, database: str) -> DatabaseUrls:
        """The logins for one database."""
        return DatabaseUrls(app=_on(self.app, database), owner=_on(self.owner, database))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(_on(self.owner, "postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def recreate(self, database: str, template: str = "template1") -> DatabaseUrls:
        """A new database, from a template, dropping what was there."""
        await self.drop(database)
        await self._execute(f'create database "{database}" template "{template}"')
        return self.urls(database)

    async def drop(self, database: str) -> None:
        """Drop a database, whose connections were closed: PostgreSQL waits 5 s for the last."""
        await self._execute(f'drop database if exists "{database}"')


async def roles_on(server: EmbeddedServer) -> TestServer:
    """The roles that an installation has, on an embedded server that runs."""
    connection = await asyncpg.connect(server.url())
    try:
        for role, extra in ((OWNER_ROLE, "createdb"), (APP_ROLE, "nocreatedb")):
            known = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
            await connection.execute(
                f"{'alter' if known else 'create'} role {role} login nosuperuser nobypassrls"
                f" {extra} password '{_PASSWORD}'"
            )
    finally:
        await connection.close()
    parts = urlsplit(server.url())

    def login(role: str) -> str:
        return parts._replace(netloc=f"{role}:{_PASSWORD}@127.0.0.1:{parts.port}").geturl()

    return TestServer(owner=login(OWNER_ROLE), app=login(APP_ROLE))


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def test_server() -> Generator[tuple[TestServer, str]]:
    """The server and the name of the migrated template; shared by all pytest workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"arengo-tests-{os.getuid()}-{run}"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    users = folder / "users"
    given = os.environ.get("ARENGO_TEST_OWNER_URL")
    embedded = EmbeddedServer(folder / "postgres", durable=False)
    # A run inside another, as of the conformance kit, shares its server; and its template where
    # the same plugins are installed.
    template = f"arengo_template_{code_fingerprint()}_{run[:12]}"
    lent = os.environ.get("ARENGO_TEST_TEMPLATE", "")
    if given and lent.startswith(template.rpartition("_")[0]):
        yield TestServer(owner=given, app=os.environ["ARENGO_TEST_APP_URL"]), lent
        return
    with _locked(folder):
        folder.mkdir(exist_ok=True)  # whoever held the lock before may have cleaned up
        count = int(users.read_text()) if users.is_file() else 0
        if given:
            server = TestServer(owner=given, app=os.environ["ARENGO_TEST_APP_URL"])
        else:
            embedded.start()
            server = asyncio.run(roles_on(embedded))
        if not count:
            asyncio.run(_make_template(server, template))
        users.write_text(str(count + 1))
    try:
        yield server, template
    finally:
        with _locked(folder):
            left = int(users.read_text()) - 1
            users.write_text(str(left))
            if not left and given:
                asyncio.run(server.drop(template))
            if not left and not given:
                embedded.remove()
            if not left:
                shutil.rmtree(folder, ignore_errors=True)


async def _make_template(server: TestServer, template: str) -> None:
    urls = await server.recreate(template)
    registry = await migrate_all(urls, load_plugins())
    if registry.set_aside:
        raise RuntimeError(f"plugins set aside: {[str(e) for e in registry.set_aside]}")
