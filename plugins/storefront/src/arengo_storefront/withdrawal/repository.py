"""Queries of return cases."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_storefront.withdrawal.models import CaseState, ReturnCase


async def cases_of(
    session: AsyncSession, merchant_order_ids: Collection[UUID], merchants: Collection[UUID]
) -> list[ReturnCase]:
    """The withdrawals from merchant orders, oldest first."""
    statement = (
        select(ReturnCase)
        .where(
            ReturnCase.organization_id.in_(merchants),
            ReturnCase.merchant_order_id.in_(merchant_order_ids),
        )
        .order_by(ReturnCase.declared_at, ReturnCase.id)
    )
    return list((await session.execute(statement)).scalars())


async def lock(session: AsyncSession, merchant_id: UUID, case_id: UUID) -> ReturnCase | None:
    """A case, locked until commit."""
    statement = (
        select(ReturnCase)
        .where(ReturnCase.organization_id == merchant_id, ReturnCase.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def open_cases(session: AsyncSession, merchant_id: UUID) -> list[ReturnCase]:
    """A merchant's withdrawals whose goods are to come back, oldest first."""
    statement = (
        select(ReturnCase)
        .where(ReturnCase.organization_id == merchant_id, ReturnCase.state == CaseState.DECLARED)
        .order_by(ReturnCase.declared_at)
        .limit(100)
    )
    return list((await session.execute(statement)).scalars())
