"""Events on their way to remote plugins: by webhook, as those of members."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.outbox.events import Delivery, Event, Handler
from arengo_core.plugins import gate
from arengo_core.remote import repository
from arengo_core.remote.calling import PREFIX
from arengo_core.webhooks import repository as webhooks
from arengo_core.webhooks import sending
from arengo_core.webhooks import service as sends

PATH = f"{PREFIX}/events"


def handler_for(plugin: str, service: str, reading: frozenset[str]) -> Handler:
    """The handler of events that notes a delivery to a plugin.

    Of members alone who let its service read something of the plugin whose event it is.
    """

    async def collect(uow: UnitOfWork, delivery: Delivery[Event]) -> None:
        registered = await repository.plugin(uow.session, plugin)
        if registered is None:
            return
        agreed = await gate.agreed(uow.session, service, delivery.event.organization_id)
        if not agreed & reading:
            return
        recorded = await webhooks.event(uow.session, delivery.event_id)
        endpoint = await webhooks.endpoint_of_plugin(
            uow.session,
            recorded.organization_id,
            plugin,
            f"{registered.base_url}{PATH}",
            recorded.name,
        )
        if not await webhooks.was_noted(uow.session, endpoint.id, recorded.id):
            sending.note_deliveries(uow, recorded, [endpoint])
            await uow.session.flush()

    return collect


async def replay(uow: UnitOfWork, plugin: str, organizations: Collection[UUID]) -> int:
    """Send a plugin once more what it did not take of some organizations' events; how many."""
    async with uow.widened(organizations):
        await webhooks.switch_on_for(uow.session, plugin)
        found = await webhooks.failed_to(uow.session, plugin)
        for row in found:
            row.state, row.tries, row.next_at = "waiting", 0, clock.now()
            sends.queue(uow, row)
        await uow.session.flush()
    return len(found)
