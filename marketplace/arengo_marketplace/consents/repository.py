"""Queries on consents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.consents.contract import Before
from arengo_marketplace.consents.models import Consent


async def told(
    session: AsyncSession, activations: Collection[UUID]
) -> dict[tuple[UUID, str], datetime]:
    """When members were last told what is asked for, by activation and wording."""
    statement = (
        select(Consent.activation_id, Consent.wording, func.max(Consent.at))
        .where(Consent.activation_id.in_(activations), Consent.act == "asked")
        .group_by(Consent.activation_id, Consent.wording)
    )
    rows = await session.execute(statement)
    return {(activation_id, words): at for activation_id, words, at in rows}


async def page(
    session: AsyncSession, organization_id: UUID, before: Before | None, limit: int
) -> Sequence[Consent]:
    """An organization's consents, newest first, before a time and id."""
    statement = select(Consent).where(Consent.organization_id == organization_id)
    if before is not None:
        statement = statement.where(tuple_(Consent.at, Consent.id) < before)
    statement = statement.order_by(Consent.at.desc(), Consent.id.desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()
