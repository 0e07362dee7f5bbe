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
