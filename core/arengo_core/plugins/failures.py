"""Statements on the failures of plugins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.plugins.models import PluginFailure


async def note(
    session: AsyncSession,
    *,
    plugin: str,
    stage: str,
    message: str,
    trace_id: str,
    moment: datetime,
    closed_until: datetime | None,
) -> None:
    """Count a failure; the same one again counts up and keeps the latest trace id."""
    statement = insert(PluginFailure).values(
        plugin=plugin,
        stage=stage,
        message=message,
        trace_id=trace_id,
        occurrences=1,
        first_at=moment,
        last_at=moment,
        closed_until=closed_until,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["plugin", "stage", "message"],
            set_={
                "occurrences": PluginFailure.occurrences + 1,
                "last_at": func.greatest(PluginFailure.last_at, moment),
                "trace_id": trace_id,
                "closed_until": func.greatest(PluginFailure.closed_until, closed_until),
            },
        )
    )


async def reopen(session: AsyncSession, plugin: str, stage: str) -> None:
    """Note that a door which was closed works again."""
    await session.execute(
        update(PluginFailure)
        .where(
            PluginFailure.plugin == plugin,
            PluginFailure.stage == stage,
            PluginFailure.closed_until.is_not(None),
        )
        .values(closed_until=None)
    )
