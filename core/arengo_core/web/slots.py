"""Slots: places in a page where plugins show a part of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from jinja2 import Environment
from markupsafe import Markup

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import SlotPart

_log = structlog.get_logger("arengo.slots")


@dataclass(frozen=True, slots=True)
class SlotAt:
    """A slot in the page at hand: what the page shows, and which members it concerns."""

    key: str
    subject: Any = None
    members: Sequence[UUID] = ()


async def fill(
    host: Host,
    caller: Caller,
    environment: Environment,
    slots: Sequence[SlotAt],
    values: Mapping[str, Any],
) -> Callable[[str], Markup]:
    """What templates call with a slot's key; a part that fails or is late is left out."""
    filled: dict[str, Markup] = {}
    for slot in slots:
        shown: list[str] = []
        for plugin, part in host.registry.parts_of(slot.key):
            try:
                shown.append(await _shown(host, caller, environment, plugin, part, slot, values))
            except ArengoError as error:
                _log.warning("slot_part_left_out", plugin=plugin, slot=slot.key, fault=error.code)
        filled[slot.key] = Markup("").join(Markup(text) for text in shown)  # noqa: S704 - rendered
    return lambda key: filled.get(key, Markup(""))


async def _shown(
    host: Host,
    caller: Caller,
    environment: Environment,
    plugin: str,
    part: SlotPart,
    slot: SlotAt,
    values: Mapping[str, Any],
) -> str:
    """A part's HTML, empty where it has nothing to show; a fault is the plugin's alone."""

    async def make() -> str:
        async with host.unit_of_work(caller, read_only=True) as uow:
            if part.service is not None and not await gate.admissions(
                uow.session, part.service, slot.members
            ):
                return ""
            own = await part.values(uow, slot.subject)
        if own is None:
            return ""
        return environment.get_template(part.template).render({**values, **own})

    return await host.guard.call(plugin, f"slot {slot.key}", make)
