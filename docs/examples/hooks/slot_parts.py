"""A part in the office's overview, shown by the template ``example/card.html``."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.plugins.contributions import SlotPart
from arengo_core.plugins.hookspecs import hookimpl
from arengo_marketplace.contract import DASHBOARD_SLOT


async def card(uow: UnitOfWork, subject: UUID) -> Mapping[str, Any] | None:
    """What the template shows; None: nothing."""
    return {"organization": subject}


@hookimpl
def arengo_slot_parts() -> list[SlotPart]:
    return [SlotPart(DASHBOARD_SLOT.key, "example/card.html", card, order=50)]
