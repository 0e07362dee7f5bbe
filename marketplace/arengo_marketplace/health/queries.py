"""GraphQL queries of plugin health."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_marketplace.health import service
from arengo_marketplace.health.types import PluginHealthType


@strawberry.type
class HealthQuery:
    """Root queries of plugin health."""

    @strawberry.field(description="The plugins and how they are; for consortium officers.")
    async def plugin_health(self, info: Info) -> list[PluginHealthType]:
        """Every plugin."""
        uow = info.context.uow
        async with uow.lock:
            found = await service.report(uow, info.context.host)
        return [PluginHealthType.of(one) for one in found]
