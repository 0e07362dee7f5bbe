"""GraphQL types of plugin health."""

from __future__ import annotations

import strawberry

from arengo_core.api.payload import Payload
from arengo_marketplace.health.service import PluginHealth


@strawberry.type(name="PluginHealth", description="A plugin's state and what members notice.")
class PluginHealthType:
    """GraphQL face of a plugin's health; ``state`` is healthy, degraded or down."""

    key: str
    title: str
    version: str
    state: str
    notice: str
    reason: str
    held_events: int
    held_jobs: int
    failures: list[str]
    closed_doors: list[str]

    @classmethod
    def of(cls, health: PluginHealth) -> PluginHealthType:
        """From the domain's."""
        return cls(
            key=health.key,
            title=health.title,
            version=health.version,
            state=health.state,
            notice=health.notice,
            reason=health.reason,
            held_events=health.held_events,
            held_jobs=health.held_jobs,
            failures=[f"{row.stage}: {row.message}" for row in health.failures],
            closed_doors=[
                f"{door.stage}: {door.until:%Y-%m-%dT%H:%M:%SZ}" for door in health.doors
            ],
        )


@strawberry.type
class RetryPayload(Payload):
    """How many held jobs start again."""

    count: int = 0
