"""Inside the process that has the sample installed: a host as ``arengo serve`` makes it."""

from __future__ import annotations

import os

import pytest_asyncio

from arengo_core.database.roles import DatabaseUrls
from arengo_core.database.setup import migrate_all, set_aside_unmigrated
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from tests.valley import make_valley, valley

__all__ = ["make_valley", "valley"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database():
    """The database that the process around us made; migrated as ``arengo migrate`` does."""
    urls = DatabaseUrls(
        app=os.environ["ARENGO_DATABASE_URL"], owner=os.environ["ARENGO_DATABASE_OWNER_URL"]
    )
    await migrate_all(urls, load_plugins())
    return urls


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings, database):
    """A host on it, without what cannot serve."""
    registry = await set_aside_unmigrated(database.app, load_plugins())
    limit = 5.0 if os.environ.get("ARENGO_SCENARIO") == "late answer" else 60.0
    own = settings.model_copy(update={"plugin_time_limit": limit})
    made = Host.create(own, registry, database.app)
    yield made
    await made.close()
