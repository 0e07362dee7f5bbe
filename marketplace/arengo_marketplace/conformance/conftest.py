"""The host of the kit: with a remote plugin where one is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from arengo_core.database.roles import DatabaseUrls
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.remote import assembly, trying
from arengo_core.remote.calling import Remote
from arengo_core.remote.trying import FaultyLine, Subject
from arengo_core.settings import Settings
from arengo_marketplace.conformance import kit


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(host: Host, settings: Settings, database: DatabaseUrls) -> AsyncIterator[Host]:
    """The kit's host; with a remote plugin as after the restart that registering asks for."""
    tried = kit.tried
    if tried is None:
        yield host
        return
    async with host.unit_of_work() as uow:
        row = await trying.register(uow, host, tried)
    own = settings.model_copy(
        update={"public_url": tried.host_url, "outbound_networks": tried.outbound_networks}
    )
    made = Host.create(own, assembly.joined(load_plugins(), [row]), database.app)
    yield made
    await made.close()


@pytest.fixture
def tried() -> Subject:
    """The remote plugin that is tried."""
    assert kit.tried is not None
    return kit.tried


@pytest.fixture
def remote(host: Host, tried: Subject) -> Remote:
    """The plugin as the host calls it."""
    return Remote(host, tried.key, tried.base_url)


@pytest.fixture
def far_side(host: Host, tried: Subject) -> FaultyLine:
    """The plugin behind a line that loses what a test lets it lose."""
    return FaultyLine(host, tried.key, tried.base_url)
