"""A host with plugins that exist in a test alone."""

from __future__ import annotations

import pytest
import pytest_asyncio

from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from tests.core.openid import serving_openid


@pytest.fixture(scope="session")
def openid_server():
    """A real OpenID provider."""
    with serving_openid() as found:
        yield found


@pytest.fixture
def openid(openid_server):
    """It, as no test has bent it."""
    openid_server.begin_anew()
    return openid_server


@pytest_asyncio.fixture(loop_scope="session")
async def host_with(settings, database):
    """``host_with(("key", module), ...)``: a host on this worker's database with more plugins."""
    made: list[Host] = []

    def make(*extra, **overrides):
        registry = load_plugins(extra=extra)
        host = Host.create(settings.model_copy(update=overrides), registry, database.app)
        made.append(host)
        return host

    yield make
    for host in made:
        await host.close()
