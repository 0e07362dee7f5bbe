"""GraphQL of tasks."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_core.plugins.registry import Registry
from arengo_core.tasks import service
from arengo_core.tasks.models import Task
from arengo_core.tasks.wording import message_of, title_of


@strawberry.type(name="Task", description="Slow work, its progress and what came of it.")
class TaskType:
    """GraphQL face of a task."""

    id: strawberry.ID
    kind: str = strawberry.field(description="Its key, such as `marketplace.close_settlement`.")
    title: str
    state: str = strawberry.field(
        description="`queued`, `running`, `done`, `failed` or `cancelled`."
    )
    done: int
    total: int = strawberry.field(description="How much there is to do; 0 where nobody knows.")
    message: str = strawberry.field(
        description="What is done now, what came of it, or why it failed."
    )
    result: str | None = strawberry.field(description="The path of what came of it, when done.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, registry: Registry, task: Task) -> TaskType:
        """From the domain's."""
        return cls(
            id=global_id("Task", task.id),
            kind=task.kind,
            title=title_of(registry, task),
            state=task.state,
            done=task.done,
            total=task.total,
            message=message_of(registry, task),
            result=service.result_of(task),
            created_at=task.created_at,
            started_at=task.started_at,
            ended_at=task.ended_at,
        )


@strawberry.type
class TaskQuery:
    """Root queries of tasks."""

    @strawberry.field(
        description="Slow work under way and ended within a week, mine and that of the organization"
        " acted for; at most 100."
    )
    async def tasks(self, info: Info) -> list[TaskType]:
        """The latest."""
        host, uow = info.context.host, info.context.uow
        async with uow.lock:
            found = await service.latest(uow, host)
        return [TaskType.of(host.registry, task) for task in found]

    @strawberry.field(description="A piece of slow work; ask again to see how far it is.")
    async def task(self, info: Info, id: strawberry.ID) -> TaskType:
        """One."""
        host, uow = info.context.host, info.context.uow
        async with uow.lock:
            return TaskType.of(host.registry, await service.find(uow, host, local_id(id, "Task")))


@strawberry.type
class TaskPayload(Payload):
    """Slow work that was begun or cancelled."""

    task: TaskType | None = None


@strawberry.type
class TaskMutation:
    """Root mutation of tasks."""

    @strawberry.mutation(
        description="End slow work before its time; what is not committed yet is undone."
    )
    @answers(TaskPayload)
    async def cancel_task(self, info: Info, id: strawberry.ID) -> TaskPayload:
        """Cancel."""
        host = info.context.host
        async with info.context.writing() as uow:
            task = await service.cancel(uow, host, local_id(id, "Task"))
        return TaskPayload(task=TaskType.of(host.registry, task))
