"""Queries on what the host noted about plugins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import PluginFailure


async def failures_since(session: AsyncSession, since: datetime) -> Sequence[PluginFailure]:
    """Failures that happened lately, the latest first."""
    statement = select(PluginFailure).where(PluginFailure.last_at >= since)
    return (await session.execute(statement.order_by(PluginFailure.last_at.desc()))).scalars().all()
