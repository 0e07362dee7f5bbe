"""A host on which a remote plugin is registered, and the plugin itself over HTTP."""

from __future__ import annotations

import pytest
import pytest_asyncio

from arengo_core.host import Host
from arengo_core.plugins.guard import Breaker
from arengo_core.plugins.manager import load_plugins
from arengo_core.remote import assembly, fetching, keys, repository, service
from tests.remote.far_side import serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def the_far_side():
    async with serving() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def registered(settings, database, the_far_side):
    """The far side's plugin, registered; and the secret that was told."""
    plain = Host.create(settings, load_plugins(), database.app)
    async with plain.unit_of_work() as uow:
        read, base_url = await fetching.from_url(plain, the_far_side.address)
        secret = await service.add(uow, plain, read, base_url)
    async with plain.unit_of_work(read_only=True) as uow:
        the_far_side.published = await keys.published(uow.session)
    yield secret
    async with plain.unit_of_work() as uow:
        await service.remove(uow, read.key)
    await plain.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings, database, registered):
    """The host after the restart that registering asks for."""
    plain = Host.create(settings, load_plugins(), database.app)
    async with plain.unit_of_work(read_only=True) as uow:
        rows = await repository.plugins(uow.session)
    await plain.close()
    registry = assembly.joined(load_plugins(), rows)
    assert not registry.set_aside, registry.set_aside
    made = Host.create(settings, registry, database.app)
    yield made
    await made.close()


@pytest.fixture
def far_side(the_far_side, host):
    """The plugin, well-meaning again, and believed."""
    the_far_side.mood, the_far_side.raw, the_far_side.statuses = "", None, [204]
    the_far_side.calls.clear()
    the_far_side.told.clear()
    for door in host.guard._breakers:
        host.guard._breakers[door] = Breaker()
    return the_far_side
