"""Each event handler may be called twice with the same event: the second time changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.outbox.events import Delivery, EventHandler
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.conformance.samples import MOMENT, event_of


async def test_handling_an_event_twice_is_handling_it_once(
    subject: Plugin, host: Host, make_consortium: Callable[..., Awaitable[Any]]
) -> None:
    if not subject.event_handlers:
        pytest.skip("the plugin handles no events")
    member = (await make_consortium()).lead.id
    for handler in subject.event_handlers:
        event = event_of(handler.event, member)
        delivery = Delivery(event_id=new_id(), version=1, occurred_at=MOMENT, event=event)
        once = await _rows_after(host, subject, handler, delivery, 1)
        twice = await _rows_after(host, subject, handler, delivery, 2)
        assert once == twice, f"{handler.key} leaves more when it runs twice"


class _UndoError(Exception):
    """Leaves a unit of work without keeping what it did."""


async def _rows_after(
    host: Host, plugin: Plugin, handler: EventHandler, delivery: Delivery[Any], times: int
) -> dict[str, int]:
    """Rows of each of the plugin's tables after some runs, and the jobs; nothing is kept."""
    counted: dict[str, int] = {}
    try:
        async with host.unit_of_work(Caller.program([delivery.event.organization_id])) as uow:
            for _ in range(times):
                try:
                    await handler.handle(uow, delivery)
                except ArengoError:
                    break  # an answer: this event says nothing to it
            counted = await _count(uow, plugin)
            raise _UndoError
    except _UndoError:
        return counted


async def _count(uow: UnitOfWork, plugin: Plugin) -> dict[str, int]:
    if plugin.migrations is None:
        return {}
    await uow.session.flush()
    return {
        table.fullname: await uow.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in plugin.migrations.metadata.sorted_tables
    }
