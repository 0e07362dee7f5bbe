"""The embedded PostgreSQL: started, stopped, killed, and given to the program as a server."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from arengo_core.database import roles
from arengo_core.database.embedded import EmbeddedServer
from arengo_core.errors import SettingsError


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the unprivileged user of the server can reach."""
    made = Path(tempfile.mkdtemp(prefix="arengo-embedded-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder) -> Iterator[EmbeddedServer]:
    """A server of the test's own, with fsync as in production."""
    made = EmbeddedServer(folder / "postgres")
    yield made
    made.remove()


async def _ask(server: EmbeddedServer, statement: str):
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_start_stop_and_start_again_keep_the_data(server):
    assert server.start() is True
    assert server.start() is False
    assert await _ask(server, "show fsync") == "on"
    assert await _ask(server, "show listen_addresses") == "127.0.0.1"
    await _ask(server, "create table kept as select 7 as n")
    server.stop()
    assert not server.is_running()

    assert server.start() is True
    assert await _ask(server, "select n from kept") == 7


async def test_committed_rows_survive_a_killed_server(server):
    server.start()
    await _ask(server, "create table kept as select 7 as n")
    pid = int((server.folder / "home/data/postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)

    server.start()

    assert await _ask(server, "select n from kept") == 7


async def test_a_port_taken_meanwhile_by_another_is_left_alone(server, folder):
    other = EmbeddedServer(folder / "other")
    try:
        server.start()
        await _ask(server, "create table kept as select 7 as n")
        server.stop()
        other.folder.mkdir()
        shutil.copy(server.folder / "server.json", other.folder / "server.json")
        other.start()

        assert server.start() is True

        assert server.url() != other.url()
        assert await _ask(server, "select n from kept") == 7
    finally:
        other.remove()


def test_no_password_is_readable_by_others(server):
    server.start()
    assert (server.folder / "server.json").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_folder_that_the_servers_user_cannot_reach_is_named(folder):
    (folder / "closed").mkdir(mode=0o700)
    with pytest.raises(SettingsError, match=r"ARENGO_DATA_DIR.*closed"):
        EmbeddedServer(folder / "closed" / "postgres").start()


async def test_a_superusers_login_migrates_and_the_program_gets_a_role_of_its_own(server, arengo):
    server.start()
    await _ask(server, "create database valley")
    url = server.url("valley")

    migrated = arengo("migrate", database_url=url)
    assert migrated.returncode == 0, migrated.stderr

    urls = await roles.resolve(_settings(url))
    assert urls.app != url
    await roles.refuse_privileged(urls.app)
    connection = await asyncpg.connect(urls.app)
    try:
        assert await connection.fetchval("select count(*) from core.organization") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table core.mine (n int)")
    finally:
        await connection.close()


async def test_what_bootstrap_prints_is_what_a_dba_has_to_run(server, arengo):
    server.start()
    await _ask(server, "create role nobody_special login password 'x' nosuperuser")
    plain = server.url("valley").replace("postgres:", "nobody_special:", 1)
    plain = plain.replace(plain.split(":")[2].split("@")[0], "x", 1)
    await _ask(server, "create database valley")

    printed = arengo("migrate", "--bootstrap", database_url=plain)

    assert printed.returncode == 0, printed.stderr
    await _ask(server, "drop database valley")
    lines = printed.stdout.splitlines()
    assert lines[0].startswith("-- This login may not make roles")
    switch = lines.index("-- connected to valley:")
    for line in lines[1:switch]:
        await _ask(server, line.replace("<choose>", "chosen"))
    connection = await asyncpg.connect(server.url("valley"))
    for line in lines[switch + 1 :]:
        await connection.execute(line)
    await connection.close()

    port = server.url().rpartition(":")[2].partition("/")[0]
    migrated = arengo(
        "migrate",
        database_url=f"postgresql://arengo_app:chosen@127.0.0.1:{port}/valley",
        database_owner_url=f"postgresql://arengo_owner:chosen@127.0.0.1:{port}/valley",
    )
    assert migrated.returncode == 0, migrated.stderr
    assert "at this version's state" in migrated.stdout


def _settings(url: str):
    from arengo_core.settings import Settings
    from tests.operations.conftest import SECRET

    return Settings(database_url=url, secret_key=SECRET)
