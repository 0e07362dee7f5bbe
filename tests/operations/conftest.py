"""Running the command ``arengo`` as an operator does: a process with its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from arengo_core.database.roles import DatabaseUrls
from arengo_core.ids import new_id
from arengo_core.testing.database import TestServer

SECRET = "operations-" + "s" * 40
Answer = subprocess.CompletedProcess[str]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of an installation: nothing of this process's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARENGO_")}
    own = {"ARENGO_DATA_DIR": str(folder), "ARENGO_SECRET_KEY": SECRET}
    return {**kept, **own, **{f"ARENGO_{name.upper()}": text for name, text in settings.items()}}


@pytest.fixture
def arengo(tmp_path: Path) -> Callable[..., Answer]:
    """``arengo("backup", file, database_url=...)``: the answer of a finished command."""

    def run(*arguments: object, **settings: str) -> Answer:
        return subprocess.run(
            [sys.executable, "-m", "arengo_core.cli.main", *map(str, arguments)],
            env=environment(tmp_path, **settings),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    return run


@pytest_asyncio.fixture(loop_scope="session")
async def new_database(
    database_server: tuple[TestServer, str],
) -> AsyncIterator[Callable[..., Awaitable[DatabaseUrls]]]:
    """Make databases of one's own: empty ones, or with ``migrated=True`` clones of the template."""
    server, template = database_server
    made: list[str] = []

    async def make(*, migrated: bool = False) -> DatabaseUrls:
        made.append(f"arengo_operations_{new_id().hex}")
        return await server.recreate(made[-1], template if migrated else "template1")

    yield make
    for name in made:
        await server.drop(name)
