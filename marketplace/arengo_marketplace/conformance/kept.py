"""What a plugin's code leaves behind, to be compared before and after it runs."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.plugins.registry import Plugin

Kept = dict[str, list[str]]


async def kept(uow: UnitOfWork, plugins: Iterable[Plugin]) -> Kept:
    """The rows of the plugins' tables but for their times, and what is to be told and done."""
    asked = {
        table.fullname: sa.select(
            *[c for c in table.columns if not isinstance(c.type, sa.DateTime)]
        )
        for plugin in plugins
        if plugin.migrations
        for table in plugin.migrations.metadata.sorted_tables
    }
    asked["events"] = sa.text("select count(*) from core.outbox_event")
    asked["jobs"] = sa.text("select count(*) from queue.pgqueuer")
    return {
        name: sorted(map(str, await uow.session.execute(statement)))
        for name, statement in asked.items()
    }


def changed(once: Kept, twice: Kept) -> list[str]:
    """Names of what is not as it was."""
    return [name for name in once if once[name] != twice[name]]
