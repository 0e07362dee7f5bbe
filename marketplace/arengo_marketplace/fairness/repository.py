"""Queries on fairness reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.ids import new_id
from arengo_marketplace.fairness.models import FairnessReport


async def find(
    session: AsyncSession, consortium_id: UUID, offer_id: UUID, digest: str
) -> FairnessReport | None:
    """The report on what has this digest."""
    statement = select(FairnessReport).where(
        FairnessReport.organization_id == consortium_id,
        FairnessReport.offer_id == offer_id,
        FairnessReport.digest == digest,
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def keep(
    session: AsyncSession,
    consortium_id: UUID,
    offer_id: UUID,
    digest: str,
    figures: dict[str, Any],
    most: int,
) -> None:
    """Keep a report, unless another has done it, and so many of the offer's latest."""
    row = {
        "id": new_id(),
        "organization_id": consortium_id,
        "created_at": clock.now(),
        "offer_id": offer_id,
        "digest": digest,
        "figures": figures,
    }
    await session.execute(insert(FairnessReport).values(row).on_conflict_do_nothing())
    own = FairnessReport.organization_id == consortium_id, FairnessReport.offer_id == offer_id
    older = select(FairnessReport.id).where(*own).order_by(FairnessReport.id.desc()).offset(most)
    await session.execute(delete(FairnessReport).where(*own, FairnessReport.id.in_(older)))
