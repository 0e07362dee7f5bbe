"""The logins of a server PostgreSQL: what is made, what is printed, what is refused."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from arengo_core.database import roles
from arengo_core.database.embedded import EmbeddedServer
from arengo_core.settings import Settings
from tests.operations.conftest import SECRET, Answer

WITHOUT = "storefront, payments, delivery, communications"
MIGRATED = "The database is at this version's state.\n"


@pytest.fixture
def arengo(arengo: Callable[..., Answer]) -> Callable[..., Answer]:
    """The command without the plugins: logins are the same, and it is done sooner."""
    return lambda *words, **settings: arengo(*words, disabled_plugins=WITHOUT, **settings)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """A server of these tests' own, where they may make roles."""
    folder = Path(tempfile.mkdtemp(prefix="arengo-logins-"))
    folder.chmod(0o755)
    made = EmbeddedServer(folder / "postgres", durable=False)
    made.start()
    yield made
    made.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def empty(server) -> EmbeddedServer:
    """The server without the databases and roles of the test before."""
    await _run(server, "drop database if exists valley with (force)")
    for role in ("maker", "keeper", "guest", "arengo_owner", "arengo_app", '"shop-app"'):
        await _run(server, f"drop role if exists {role}")
    return server


async def _run(server: EmbeddedServer, *statements: str, database: str = "postgres") -> None:
    connection = await asyncpg.connect(server.url(database))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _login(server: EmbeddedServer, role: str, password: str) -> str:
    parts = urlsplit(server.url("valley"))
    return parts._replace(netloc=f"{role}:{password}@127.0.0.1:{parts.port}").geturl()


async def _serves_restricted(url: str) -> None:
    """The program's own login is let in, sees no row and makes no table."""
    urls = await roles.resolve(Settings(database_url=url, secret_key=SECRET))
    assert urls.app != url
    await _is_restricted(urls.app)


async def _is_restricted(url: str) -> None:
    await roles.refuse_privileged(url)
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("select count(*) from core.organization") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table core.mine (n int)")
    finally:
        await connection.close()


async def test_a_superusers_login_migrates_and_the_program_gets_a_role_of_its_own(empty, arengo):
    await _run(empty, "create database valley")
    url = empty.url("valley")

    assert arengo("migrate", database_url=url).stdout == MIGRATED

    await _serves_restricted(url)


async def test_so_does_an_owner_who_may_make_roles_time_and_again(empty, arengo):
    await _run(
        empty,
        "create role maker login password 'm' createrole",
        "create database valley owner maker",
    )
    url = _login(empty, "maker", "m")

    for _ in range(2):
        answer = arengo("migrate", database_url=url)
        assert answer.stdout == MIGRATED, answer.stderr

    await _serves_restricted(url)
    await _serves_restricted(url)


async def test_another_secret_key_gives_the_programs_role_another_password(empty, arengo):
    await _run(empty, "create database valley")
    url = empty.url("valley")
    arengo("migrate", database_url=url)
    before = await roles.resolve(Settings(database_url=url, secret_key=SECRET))

    after = await roles.resolve(Settings(database_url=url, secret_key=SECRET[::-1]))

    await roles.refuse_privileged(after.app)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before.app)


async def test_a_privileged_role_of_that_name_is_not_served_with(empty, arengo):
    await _run(empty, "create role arengo_app login superuser", "create database valley")
    url = empty.url("valley")

    assert arengo("migrate", database_url=url).stdout == MIGRATED

    await _serves_restricted(url)


async def test_bootstrap_makes_the_role_that_the_settings_name(empty, arengo):
    await _run(empty, "create database valley")
    app = _login(empty, "shop-app", "p%40ss")
    owner = empty.url("valley")

    early = arengo("migrate", database_url=app, database_owner_url=owner)
    assert early.returncode == 2
    assert "ARENGO_DATABASE_URL: the server does not let us in" in early.stderr
    made = arengo("migrate", "--bootstrap", database_url=app, database_owner_url=owner)
    assert made.stdout == MIGRATED, made.stderr

    await _is_restricted(app)


async def _follow(server: EmbeddedServer, printed: str) -> None:
    """What a DBA does with the SQL: all of it, as superuser."""
    database = "postgres"
    for line in printed.splitlines():
        if line.startswith("-- connected to "):
            database = line.removeprefix("-- connected to ").removesuffix(":")
        elif not line.startswith("--"):
            await _run(server, line.replace("<choose>", "chosen"), database=database)


NOTHING = "-- The server does not let this login in"
LITTLE = "-- This login may not make roles. A DBA runs, as superuser:"


@pytest.mark.parametrize(
    ("there", "begins"),
    [
        (("create role guest login password 'g'",), NOTHING),
        (("create role guest login password 'g'", "create database valley"), LITTLE),
    ],
    ids=["the login", "the login and the database"],
)
async def test_what_bootstrap_prints_is_what_a_dba_has_to_run(empty, arengo, there, begins):
    await _run(empty, *there)

    printed = arengo("migrate", "--bootstrap", database_url=_login(empty, "guest", "g"))

    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.startswith(begins)
    await _follow(empty, printed.stdout)
    app = _login(empty, "arengo_app", "chosen")
    owner = _login(empty, "arengo_owner", "chosen")
    migrated = arengo("migrate", "--bootstrap", database_url=app, database_owner_url=owner)
    assert migrated.stdout == MIGRATED, migrated.stderr
    await _is_restricted(app)


async def test_an_owner_who_makes_no_roles_lacks_the_programs_only(empty, arengo):
    await _run(
        empty,
        "create role keeper login password 'k'",
        "create database valley owner keeper",
    )
    url = _login(empty, "keeper", "k")

    migrated = arengo("migrate", database_url=url)
    assert migrated.returncode == 2
    assert "There is no role arengo_app for the program" in migrated.stderr
    printed = arengo("migrate", "--bootstrap", database_url=url)

    create = "CREATE ROLE arengo_app LOGIN PASSWORD '<choose>' NOSUPERUSER NOBYPASSRLS;"
    assert printed.stdout.splitlines() == [LITTLE, create]
    await _follow(empty, printed.stdout)
    app = _login(empty, "arengo_app", "chosen")
    assert arengo("migrate", database_url=app, database_owner_url=url).stdout == MIGRATED
    served = arengo("serve", database_url=url)
    assert served.returncode == 2
    assert "arengo_app cannot sign in" in served.stderr
    assert "and the owner's in ARENGO_DATABASE_OWNER_URL" in served.stderr


def test_an_owners_login_alone_is_not_taken_for_the_embedded_server(
    arengo: Callable[..., Answer], tmp_path: Path
):
    answer = arengo("migrate", database_owner_url="postgresql://owner:o@127.0.0.1/valley")
    assert answer.returncode == 2
    assert "ARENGO_DATABASE_OWNER_URL names a server" in answer.stderr
    assert list(tmp_path.iterdir()) == []
