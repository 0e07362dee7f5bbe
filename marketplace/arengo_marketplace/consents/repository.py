"""Queries on consents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

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
