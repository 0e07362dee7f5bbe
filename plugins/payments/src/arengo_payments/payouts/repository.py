"""Queries on payouts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_payments.payouts.models import PayoutRow


async def of_merchant(session: AsyncSession, merchant_id: UUID, size: int) -> Sequence[PayoutRow]:
    """A merchant's newest payouts."""
    statement = (
        select(PayoutRow)
        .where(PayoutRow.organization_id == merchant_id)
        .order_by(PayoutRow.paid_on.desc(), PayoutRow.id.desc())
        .limit(size)
    )
    return (await session.execute(statement)).scalars().all()
