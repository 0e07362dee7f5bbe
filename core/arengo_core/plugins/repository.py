"""Queries on plugins that an operator took out of service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import DisabledPlugin


async def disabled(session: AsyncSession) -> dict[str, str]:
    """Why each disabled plugin is out of service."""
    rows = await session.execute(select(DisabledPlugin.plugin, DisabledPlugin.why))
    return {row.plugin: row.why for row in rows}


async def disable(session: AsyncSession, plugin: str, why: str, moment: datetime) -> None:
    """Note that a plugin is out of service; again with another reason changes the reason."""
    values = {"why": why, "disabled_at": moment}
    statement = insert(DisabledPlugin).values(plugin=plugin, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["plugin"], set_=values))


async def enable(session: AsyncSession, plugin: str) -> bool:
    """Let a plugin serve again; whether it was out of service."""
    gone = delete(DisabledPlugin).where(DisabledPlugin.plugin == plugin)
    return (await session.execute(gone.returning(DisabledPlugin.plugin))).first() is not None
