"""Queries on payouts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_payments.payouts.models import PayoutRow


async def paid_to(session: AsyncSession, payee_id: UUID, size: int) -> Sequence[PayoutRow]:
    """The newest payouts to a merchant, or to the consortium itself."""
    statement = (
        select(PayoutRow)
        .where(PayoutRow.organization_id == payee_id)
        .order_by(PayoutRow.paid_on.desc(), PayoutRow.id.desc())
        .limit(size)
    )
    return (await session.execute(statement)).scalars().all()


async def locked(session: AsyncSession, consortium_id: UUID) -> None:
    """Let the gateway's payouts to a consortium's bank be noted one after the other."""
    key = func.hashtextextended(f"gateway_payout:{consortium_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))
