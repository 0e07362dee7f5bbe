"""Reading the consent log over all that keep consents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from arengo_core.consents.contract import Before, ConsentEntry
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.permissions.declared import CONSENTS

_BATCH = 500


async def page_of(
    host: Host, uow: UnitOfWork, organization_id: UUID, *, before: Before | None, limit: int
) -> list[ConsentEntry]:
    """An organization's consents, newest first; for those who may read them."""
    uow.caller.require(organization_id, CONSENTS)
    found: list[ConsentEntry] = []
    for plugin in host.registry.plugins:
        for source in plugin.consents:
            found += await source.read(host, uow, organization_id, before, limit)
    return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)[:limit]


async def all_of(host: Host, uow: UnitOfWork, organization_id: UUID) -> AsyncIterator[ConsentEntry]:
    """All of an organization's consents, newest first."""
    before: Before | None = None
    while True:
        entries = await page_of(host, uow, organization_id, before=before, limit=_BATCH)
        for entry in entries:
            yield entry
        if len(entries) < _BATCH:
            return
        before = (entries[-1].at, entries[-1].id)
