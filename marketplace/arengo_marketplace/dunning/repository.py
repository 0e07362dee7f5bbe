"""Queries on pauses and on reminders that were noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.deliveries.models import Delivery
from arengo_marketplace.dunning.models import Pause


async def get(session: AsyncSession, pause_id: UUID) -> Pause | None:
    """A pause in scope."""
    return (await session.execute(select(Pause).where(Pause.id == pause_id))).scalar_one_or_none()


async def pauses(
    session: AsyncSession, statement_ids: Collection[UUID], organization_ids: Collection[UUID]
) -> Sequence[Pause]:
    """The pauses of members' statements, oldest first."""
    statement = (
        select(Pause)
        .where(Pause.organization_id.in_(organization_ids), Pause.statement_id.in_(statement_ids))
        .order_by(Pause.id)
    )
    return (await session.execute(statement)).scalars().all()


async def open_pause(
    session: AsyncSession, organization_id: UUID, statement_id: UUID
) -> Pause | None:
    """The pause in which a statement's reminders rest, locked."""
    statement = (
        select(Pause)
        .where(
            Pause.organization_id == organization_id,
            Pause.statement_id == statement_id,
            Pause.closed_at.is_(None),
        )
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def reminded(
    session: AsyncSession, statement_ids: Collection[UUID], organization_ids: Collection[UUID]
) -> dict[UUID, tuple[int, datetime]]:
    """The last reminder of statements: its level, and when it was first noted."""
    statement = (
        select(Delivery.statement_id, Delivery.level, func.min(Delivery.created_at))
        .where(
            Delivery.organization_id.in_(organization_ids),
            Delivery.statement_id.in_(statement_ids),
            Delivery.level > 0,
        )
        .group_by(Delivery.statement_id, Delivery.level)
        .order_by(Delivery.level)
    )
    rows = (await session.execute(statement)).all()
    return {statement_id: (level, noted_at) for statement_id, level, noted_at in rows}
