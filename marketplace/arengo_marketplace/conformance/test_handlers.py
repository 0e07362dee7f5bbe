"""Each event handler may be called twice with the same event: the second time changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.outbox.events import Delivery, EventHandler
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.conformance.kept import Kept, changed, kept
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
        once, twice = await _kept_after_each(host, subject, handler, delivery)
        assert once == twice, f"{handler.key} changes {changed(once, twice)} when it runs twice"


class _UndoError(Exception):
    """Leaves a unit of work without keeping what it did."""


async def _kept_after_each(
    host: Host, plugin: Plugin, handler: EventHandler, delivery: Delivery[Any]
) -> list[Kept]:
    """What there is after the first run and after the second; nothing is kept."""
    runs: list[Kept] = []
    with suppress(_UndoError):
        async with host.unit_of_work(Caller.program([delivery.event.organization_id])) as uow:
            for _ in range(2):
                with suppress(ArengoError):  # an answer: this event says nothing to it
                    await handler.handle(uow, delivery)
                await uow.flush()
                runs.append(await kept(uow, [plugin]))
            raise _UndoError
    return runs
