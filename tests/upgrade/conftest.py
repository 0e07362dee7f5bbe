"""The dump of the release before, brought to this version by ``arengo migrate``."""

from __future__ import annotations

import asyncio
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from arengo_core.database.roles import DatabaseUrls
from arengo_core.ids import new_id
from arengo_core.jobs.queue import SCHEMA as QUEUE
from tests.operations.conftest import environment
from tests.third_party.conftest import SAMPLE, pip_install

[DUMP] = Path(__file__).parent.glob("*/dump.sql.xz")
SAMPLES_SCHEMA = "skilift"
TABLES = """
select n.nspname || '.' || c.relname as name from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version'
  and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', $1)
order by 1
"""


async def rows_of(url: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    """Rows as the owner sees them who maintains the database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("select set_config('arengo.maintenance', 'on', false)")
        return await connection.fetch(query, *arguments)
    finally:
        await connection.close()


async def counts_of(url: str) -> dict[str, int]:
    """How many rows each table has; the queue's change by themselves."""
    tables = [row["name"] for row in await rows_of(url, TABLES, QUEUE)]
    counted = " union all ".join(
        f"select '{name}' as name, count(*) from {name}" for name in tables
    )
    return {row["name"]: row["count"] for row in await rows_of(url, counted)}


async def _load(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(lzma.decompress(DUMP.read_bytes()).decode())
    finally:
        await connection.close()
    return await counts_of(url)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """An installation of the release before, on this version."""

    urls: DatabaseUrls
    environment: dict[str, str]
    before: dict[str, int]
    said: str

    def arengo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the program, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "arengo_core.cli.main", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def start(self, command: str, **more: str) -> subprocess.Popen[bytes]:
        """A command of the program that goes on."""
        return subprocess.Popen(
            [sys.executable, "-m", "arengo_core.cli.main", command],
            env=self.environment | more,
            start_new_session=True,
        )


@pytest.fixture(scope="module")
def upgraded(database_server, tmp_path_factory) -> Iterator[Upgraded]:
    """Restored and migrated by an owner who is no superuser, the sample plugin installed."""
    server, _ = database_server
    name = f"arengo_upgrade_{new_id().hex}"
    urls = asyncio.run(server.recreate(name))
    before = asyncio.run(_load(urls.owner))
    site = tmp_path_factory.mktemp("site")
    pip_install(SAMPLE, site)
    folder = tmp_path_factory.mktemp("data")
    own = environment(
        folder,
        database_url=urls.app,
        database_owner_url=urls.owner,
        secret_key=(DUMP.parent / "secret").read_text().strip(),
        log_level="ERROR",
        workers="1",
    ) | {"PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    installation = Upgraded(urls, own, before, "")
    done = installation.arengo("migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    yield Upgraded(urls, own, before, done.stdout + done.stderr)
    asyncio.run(server.drop(name))
