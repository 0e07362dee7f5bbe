"""Queries on refunds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_payments.refunds.models import RefundRow, RefundState


async def refund(session: AsyncSession, consortium_id: UUID, refund_id: UUID) -> RefundRow | None:
    """A refund; lock its payment first to change it."""
    statement = (
        select(RefundRow)
        .where(RefundRow.consortium_id == consortium_id, RefundRow.id == refund_id)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def by_key(session: AsyncSession, consortium_id: UUID, key: str) -> RefundRow | None:
    """The refund that a key made."""
    statement = select(RefundRow).where(
        RefundRow.consortium_id == consortium_id, RefundRow.key == key
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def of_payments(
    session: AsyncSession, consortium_id: UUID, payment_ids: Iterable[UUID]
) -> dict[UUID, list[RefundRow]]:
    """Refunds within reach of many payments, oldest first."""
    statement = (
        select(RefundRow)
        .where(
            RefundRow.consortium_id == consortium_id, RefundRow.payment_id.in_(list(payment_ids))
        )
        .order_by(RefundRow.created_at, RefundRow.id)
    )
    found: dict[UUID, list[RefundRow]] = {}
    for row in (await session.execute(statement)).scalars():
        found.setdefault(row.payment_id, []).append(row)
    return found


async def unsettled(
    session: AsyncSession, consortium_id: UUID, quiet_since: datetime, limit: int
) -> Sequence[UUID]:
    """Refunds that wait for an answer and have been quiet since a moment."""
    waiting = [RefundState.REQUESTED, RefundState.SENDING, RefundState.UNKNOWN, RefundState.PENDING]
    statement = (
        select(RefundRow.id)
        .where(
            RefundRow.consortium_id == consortium_id,
            RefundRow.state.in_(waiting),
            RefundRow.changed_at < quiet_since,
        )
        .order_by(RefundRow.changed_at)
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def of_consortium(
    session: AsyncSession, consortium_id: UUID, size: int
) -> Sequence[RefundRow]:
    """A consortium's newest refunds."""
    statement = (
        select(RefundRow)
        .where(RefundRow.consortium_id == consortium_id)
        .order_by(RefundRow.created_at.desc(), RefundRow.id.desc())
        .limit(size)
    )
    return (await session.execute(statement)).scalars().all()


async def of_merchant(
    session: AsyncSession,
    merchant_id: UUID,
    size: int,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[RefundRow]:
    """A merchant's newest refunds."""
    statement = select(RefundRow).where(RefundRow.organization_id == merchant_id)
    if after is not None:
        statement = statement.where(tuple_(RefundRow.created_at, RefundRow.id) < after)
    statement = statement.order_by(RefundRow.created_at.desc(), RefundRow.id.desc())
    return (await session.execute(statement.limit(size))).scalars().all()
