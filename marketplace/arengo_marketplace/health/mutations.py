"""GraphQL mutations of plugin health."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.jobs import replaying
from arengo_core.tasks.graphql import TaskPayload, TaskType
from arengo_marketplace.health import service
from arengo_marketplace.health.types import RetryPayload


@strawberry.type
class HealthMutation:
    """Root mutations of plugin health."""

    @strawberry.mutation(description="Start a plugin's held jobs again.")
    @answers(RetryPayload)
    async def retry_held_jobs(self, info: Info, plugin: str) -> RetryPayload:
        """Retry."""
        async with info.context.writing() as uow:
            return RetryPayload(count=await service.retry(uow, info.context.host, plugin=plugin))

    @strawberry.mutation(
        description="Begin to start a plugin's held jobs again, however many, for the consortium"
        " acted for."
    )
    @answers(TaskPayload)
    async def begin_retrying_held_jobs(self, info: Info, plugin: str) -> TaskPayload:
        """Begin to retry."""
        host = info.context.host
        async with info.context.writing() as uow:
            task = await replaying.begin(uow, host, plugin)
        return TaskPayload(task=TaskType.of(host.registry, task))
