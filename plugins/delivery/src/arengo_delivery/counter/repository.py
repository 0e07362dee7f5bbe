"""Queries on wrong codes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_delivery.counter.models import CounterAttempts


async def lock_attempts(
    session: AsyncSession, organization_id: UUID, user_id: UUID
) -> CounterAttempts:
    """A person's count, locked until commit: guesses are counted one at a time."""
    await session.execute(
        insert(CounterAttempts)
        .values(organization_id=organization_id, user_id=user_id, failures=0)
        .on_conflict_do_nothing()
    )
    statement = (
        select(CounterAttempts)
        .where(
            CounterAttempts.organization_id == organization_id, CounterAttempts.user_id == user_id
        )
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one()
