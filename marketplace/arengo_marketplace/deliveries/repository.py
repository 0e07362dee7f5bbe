"""Queries on deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.deliveries.models import Delivery


async def of_statements(
    session: AsyncSession, statement_ids: Sequence[UUID], organization_ids: Sequence[UUID]
) -> Sequence[Delivery]:
    """The deliveries of members' statements, oldest first."""
    statement = (
        select(Delivery)
        .where(
            Delivery.organization_id.in_(organization_ids),
            Delivery.statement_id.in_(statement_ids),
        )
        .order_by(Delivery.id)
    )
    return (await session.execute(statement)).scalars().all()


async def write(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> Sequence[UUID]:
    """Note deliveries; the ids of those that were not noted already."""
    statement = insert(Delivery).values(list(rows)).on_conflict_do_nothing()
    return (await session.execute(statement.returning(Delivery.id))).scalars().all()


async def locked(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """A delivery in scope, which nobody else changes until the end of the transaction."""
    statement = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def rounds(session: AsyncSession, statement_id: UUID, level: int) -> int:
    """How often a statement's delivery of a level was begun."""
    statement = select(func.coalesce(func.max(Delivery.round) + 1, 0)).where(
        Delivery.statement_id == statement_id, Delivery.level == level
    )
    return await session.scalar(statement) or 0
