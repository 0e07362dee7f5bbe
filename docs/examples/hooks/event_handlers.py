"""What follows when a member switches a service on or off: after the commit, at least once."""

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.outbox.events import Delivery, EventHandler
from arengo_core.plugins.hookspecs import hookimpl
from arengo_marketplace.contract import ActivationChanged


async def on_change(uow: UnitOfWork, delivery: Delivery[ActivationChanged]) -> None:
    """Handling the same event twice must change nothing more: go by ``delivery.event_id``."""


@hookimpl
def arengo_event_handlers() -> list[EventHandler]:
    return [EventHandler(ActivationChanged, on_change, "example.on_change")]
