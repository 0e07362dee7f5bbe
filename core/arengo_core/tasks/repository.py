"""Queries on tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from arengo_core.tasks.definition import TaskState
from arengo_core.tasks.models import Task

CHANNEL = "arengo_tasks"
_UNDER_WAY = (TaskState.QUEUED.value, TaskState.RUNNING.value)
_NOTIFY = text(f"select pg_notify('{CHANNEL}', :task)")


async def get(session: AsyncSession, task_id: UUID) -> Task | None:
    """A task in scope, as it is now."""
    statement = select(Task).where(Task.id == task_id).execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def latest(
    session: AsyncSession, organization_ids: Collection[UUID], limit: int
) -> Sequence[Task]:
    """Tasks of organizations and people: what is under way, then the latest."""
    statement = (
        select(Task)
        .where(Task.organization_id.in_(organization_ids))
        .order_by(Task.state.in_(_UNDER_WAY).desc(), Task.id.desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def take(session: AsyncSession, task_id: UUID, at: datetime) -> Task | None:
    """Begin another run of a task. None when it is over, or gone."""
    statement = (
        update(Task)
        .where(Task.id == task_id, Task.state.in_(_UNDER_WAY))
        .values(
            state=TaskState.RUNNING.value,
            attempt=Task.attempt + 1,
            started_at=func.coalesce(Task.started_at, at),
        )
        .returning(Task)
        .options(undefer(Task.kept))
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def write(session: AsyncSession, task_id: UUID, attempt: int, values: dict[str, Any]) -> bool:
    """Change a task as the run that has it; False when it was cancelled or overtaken."""
    statement = (
        update(Task)
        .where(Task.id == task_id, Task.attempt == attempt, Task.state == TaskState.RUNNING.value)
        .values(values)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    is_ours = (await session.execute(statement)).first() is not None
    await notify(session, task_id)
    return is_ours


async def cancel(session: AsyncSession, task_id: UUID, at: datetime) -> bool:
    """End a task before its time; False when it is over."""
    statement = (
        update(Task)
        .where(Task.id == task_id, Task.state.in_(_UNDER_WAY))
        .values(state=TaskState.CANCELLED.value, ended_at=at, kept={})
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    is_ours = (await session.execute(statement)).first() is not None
    await notify(session, task_id)
    return is_ours


async def notify(session: AsyncSession, task_id: UUID) -> None:
    """Tell all processes that a task changed, when this transaction commits."""
    await session.execute(_NOTIFY, {"task": str(task_id)})


async def files_of(
    session: AsyncSession, *, started_by: UUID | None = None, before: datetime | None = None
) -> Sequence[UUID]:
    """Files of a person's tasks, or of those begun before an instant."""
    statement = select(Task.file_id).where(Task.file_id.is_not(None))
    if started_by is not None:
        statement = statement.where(Task.started_by == started_by)
    if before is not None:
        statement = statement.where(Task.created_at < before)
    return [found for found in await session.scalars(statement) if found is not None]


async def remove_older(session: AsyncSession, before: datetime) -> None:
    """Forget tasks begun before an instant."""
    await session.execute(delete(Task).where(Task.created_at < before))
