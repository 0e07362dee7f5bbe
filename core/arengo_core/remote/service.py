"""Rules of registering remote plugins; for the operator alone, by ``arengo plugin remote``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, NotFoundError
from arengo_core.host import Host
from arengo_core.plugins.registry import Registry
from arengo_core.remote import assembly, keys, repository, tokens
from arengo_core.remote.manifest import RemoteManifest
from arengo_core.remote.models import RemotePlugin
from arengo_core.webhooks import signing

OVERLAP = timedelta(hours=24)


def _others(registry: Registry, key: str) -> Registry:
    """What is installed beside a plugin, those that need it left out of the question."""
    return Registry([plugin for plugin in registry.plugins if plugin.name != key])


async def add(uow: UnitOfWork, host: Host, read: RemoteManifest, base_url: str) -> str:
    """Register a plugin; the secret that it shares with the host, told this once.

    ConflictError for one that is registered, PluginError for one that does not fit beside the
    others.
    """
    if await repository.plugin(uow.session, read.key) is not None:
        raise ConflictError("{key} is registered already: refresh it.", key=read.key)
    assembly.with_plugin(host.registry, read, base_url)
    if await repository.signing_key(uow.session) is None:
        await keys.make(uow.session, host.cipher)
    secret, moment = signing.new_secret(), clock.now()
    uow.session.add(
        RemotePlugin(
            key=read.key,
            base_url=base_url,
            manifest=msgspec.to_builtins(read),
            secrets=host.cipher.encrypt({"now": secret}),
            added_at=moment,
            refreshed_at=moment,
        )
    )
    await uow.session.flush()
    return secret


async def get(uow: UnitOfWork, key: str) -> RemotePlugin:
    """A registered plugin, locked. NotFoundError when there is none."""
    found = await repository.plugin(uow.session, key, lock=True)
    if found is None:
        raise NotFoundError("There is no remote plugin {key}.", key=key)
    return found


async def every(uow: UnitOfWork) -> Sequence[RemotePlugin]:
    """All that are registered, by key."""
    return await repository.plugins(uow.session)


async def refresh(uow: UnitOfWork, host: Host, read: RemoteManifest, base_url: str) -> None:
    """Accept another manifest of a registered plugin. Errors as those of :func:`add`."""
    found = await get(uow, read.key)
    assembly.with_plugin(_others(host.registry, read.key), read, base_url)
    found.manifest, found.base_url = msgspec.to_builtins(read), base_url
    found.refreshed_at = clock.now()
    await uow.session.flush()


async def new_secret(uow: UnitOfWork, host: Host, key: str) -> str:
    """Give a plugin another secret, told this once; for a day the former works beside it."""
    found = await get(uow, key)
    secret = signing.new_secret()
    former = host.cipher.decrypt(found.secrets)["now"]
    found.secrets = host.cipher.encrypt({"now": secret, "former": former})
    found.former_until = clock.now() + OVERLAP
    await uow.session.flush()
    return secret


async def remove(uow: UnitOfWork, key: str) -> None:
    """Forget a plugin: nothing calls it any more, and what it signs is refused.

    What members agreed with it, and the log of what it was told, stays.
    """
    await get(uow, key)
    await tokens.revoke(uow, key)
    await repository.remove(uow.session, key)
