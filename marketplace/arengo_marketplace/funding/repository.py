"""Queries on grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.funding.models import Funding, FundingUse


async def get(
    session: AsyncSession, funding_id: UUID, consortium_ids: Sequence[UUID] | None = None
) -> Funding | None:
    """A grant in scope."""
    statement = select(Funding).where(Funding.id == funding_id)
    if consortium_ids is not None:
        statement = statement.where(Funding.organization_id.in_(consortium_ids))
    return (await session.execute(statement)).scalar_one_or_none()


async def of_consortium(session: AsyncSession, consortium_id: UUID) -> Sequence[Funding]:
    """A consortium's grants in their order, ended ones too."""
    statement = select(Funding).where(Funding.organization_id == consortium_id)
    statement = statement.order_by(Funding.place, Funding.id)
    return (await session.execute(statement)).scalars().all()


async def last_place(session: AsyncSession, consortium_id: UUID) -> int:
    """The place of a consortium's last grant; 0 where there is none."""
    statement = select(func.max(Funding.place)).where(Funding.organization_id == consortium_id)
    return await session.scalar(statement) or 0


async def used(
    session: AsyncSession, consortium_id: UUID
) -> dict[UUID, dict[date, dict[str, int]]]:
    """What grants covered, reversals taken off: by grant, month and service, never nothing."""
    amount = func.sum(FundingUse.amount)
    key = (FundingUse.funding_id, FundingUse.starts_on, FundingUse.service)
    statement = (
        select(*key, amount)
        .where(FundingUse.organization_id == consortium_id)
        .group_by(*key)
        .having(amount != 0)
        .order_by(*key)
    )
    found: dict[UUID, dict[date, dict[str, int]]] = {}
    for funding, month, service, sum_of in (await session.execute(statement)).all():
        found.setdefault(funding, {}).setdefault(month, {})[service] = int(sum_of)
    return found


async def uses(
    session: AsyncSession, consortium_id: UUID, funding_id: UUID
) -> Sequence[FundingUse]:
    """All uses of a grant with what was taken back, the latest month first."""
    statement = (
        select(FundingUse)
        .where(FundingUse.organization_id == consortium_id, FundingUse.funding_id == funding_id)
        .order_by(FundingUse.starts_on.desc(), FundingUse.id.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def uses_in(
    session: AsyncSession, consortium_id: UUID, settlement_id: UUID
) -> Sequence[FundingUse]:
    """What grants covered in a settlement."""
    statement = select(FundingUse).where(
        FundingUse.organization_id == consortium_id, FundingUse.settlement_id == settlement_id
    )
    return (await session.execute(statement)).scalars().all()
