"""Consents that the plugin keeps, as the log of an organization shows them."""

from collections.abc import Sequence
from uuid import UUID

from arengo_core.consents.contract import Before, ConsentEntry, ConsentSource
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.plugins.hookspecs import hookimpl


async def read(
    host: Host, uow: UnitOfWork, organization_id: UUID, before: Before | None, limit: int
) -> Sequence[ConsentEntry]:
    """Nobody was asked yet; else the newest `limit` entries before that time and id."""
    return []


@hookimpl
def arengo_consents() -> list[ConsentSource]:
    return [ConsentSource("example.permits", read)]
