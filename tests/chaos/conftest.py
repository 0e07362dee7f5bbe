"""A server of its own with a plugin that does what no plugin should."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from arengo_core.cli.supervisor import free_port
from arengo_core.database.roles import DatabaseUrls
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.settings import REQUEST_LIMITS
from tests.operations.conftest import environment
from tests.third_party.conftest import pip_install

PLUGIN = Path(__file__).parent / "arengo-chaos"


@pytest.fixture(scope="session")
def chaos_site(tmp_path_factory):
    """A folder for ``sys.path`` with the plugin as pip puts it there."""
    target = tmp_path_factory.mktemp("chaos")
    pip_install(PLUGIN, target)
    return target


@dataclass(slots=True)
class Program:
    """A program that runs, and the owner's login of its database."""

    process: subprocess.Popen
    base: str
    owner: str

    async def ask(self, query, **variables):
        """GraphQL's answer; None when the server is gone before it gave one."""
        asked = {"query": query, "variables": variables}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=120) as client:
                return (await client.post(f"{self.base}/graphql", json=asked)).json()
        except httpx.TransportError:
            return None

    async def back(self, seconds=300.0):
        """Wait until it answers again: within ten seconds, on a machine that is not busy."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
                    if (await client.get(f"{self.base}/health/live")).status_code == 200:
                        return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
        raise AssertionError(f"nothing answers for {seconds} s")

    async def fetch(self, query):
        """Rows, as the owner sees them."""
        connection = await asyncpg.connect(self.owner)
        try:
            await connection.execute("select set_config('arengo.maintenance', 'on', false)")
            return await connection.fetch(query)
        finally:
            await connection.close()


@pytest.fixture
def running(chaos_site, database_server, tmp_path):
    """``async with running("serve", **settings) as program``: a command with the plugin.

    On a new database, or on that of a host (``on=host``).
    """

    @asynccontextmanager
    async def run(*command: str, on: Host | None = None, **settings: str) -> AsyncIterator[Program]:
        server, template = database_server
        name = f"arengo_chaos_{new_id().hex}"
        if on is None:
            urls = await server.recreate(name, template)
        else:
            urls = DatabaseUrls(on.settings.database_url, on.settings.database_owner_url)
        port = free_port()
        process = subprocess.Popen(  # noqa: ASYNC220 - it only begins here
            [sys.executable, "-m", "arengo_core.cli.main", *command],
            env=environment(
                tmp_path,
                database_url=urls.app,
                port=str(port),
                secret_key="s" * 40,
                workers="1",
                **dict.fromkeys(REQUEST_LIMITS, "0"),
                **{"plugin_time_limit": "60", "page_time_limit": "300", **settings},
            )
            | {"PYTHONPATH": f"{chaos_site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
            cwd=tmp_path,
            start_new_session=True,
        )
        try:
            yield Program(process, f"http://127.0.0.1:{port}", urls.owner)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=120)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
            if on is None:
                await server.drop(name)

    return run
