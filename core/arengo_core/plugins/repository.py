"""Queries on plugins that were taken out of service, and on what they did before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import DisabledPlugin, PluginStrike


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
    """Let a plugin serve again, its strikes forgotten; whether it was out of service."""
    await session.execute(delete(PluginStrike).where(PluginStrike.plugin == plugin))
    gone = delete(DisabledPlugin).where(DisabledPlugin.plugin == plugin)
    return (await session.execute(gone.returning(DisabledPlugin.plugin))).first() is not None


async def strike(session: AsyncSession, plugin: str, what: str, moment: datetime) -> None:
    """Note that a plugin brought a process down."""
    session.add(PluginStrike(plugin=plugin, what=what, struck_at=moment))
    await session.flush()


async def strikes(session: AsyncSession, plugin: str, since: datetime) -> int:
    """How often it did so since an instant and since it was last enabled."""
    statement = select(func.count()).where(
        PluginStrike.plugin == plugin, PluginStrike.struck_at >= since
    )
    return await session.scalar(statement) or 0
