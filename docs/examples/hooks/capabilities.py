"""A contract of the plugin's own, and its implementation."""

from typing import Protocol
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.plugins.contributions import Capability
from arengo_core.plugins.hookspecs import hookimpl


class Greetings(Protocol):
    """Others ask ``host.capability(uow, Greetings, member)``. It stands in ``contract``."""

    async def greet(self, organization_id: UUID) -> str:
        """A greeting."""
        ...


class _Greetings:
    def __init__(self, uow: UnitOfWork | None) -> None:
        self._uow = uow

    async def greet(self, organization_id: UUID) -> str:
        """A greeting."""
        return f"Buongiorno, {organization_id}"


def _make(_host: Host, uow: UnitOfWork | None) -> _Greetings:
    return _Greetings(uow)


@hookimpl
def arengo_capabilities() -> list[Capability]:
    return [Capability(Greetings, _make)]
