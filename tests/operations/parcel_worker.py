"""A worker process for tests: counts events and jobs slowly, so that it can be killed amid work.

``python -m tests.operations.parcel_worker FOLDER SECONDS``: writes a file there for each thing
begun, which it ends so many seconds later.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job
from arengo_core.jobs.worker import work
from arengo_core.outbox.events import Event, EventHandler
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_core.tasks.definition import TaskKind
from tests.core.places import plugin_module

WEIGH = "parcels.weigh"
LOADED = 6
LOAD = TaskKind("parcels.load", "Load", None)


@dataclass(frozen=True, slots=True)
class Counted(Event):
    name: ClassVar[str] = "parcels.counted"

    number: int


def parcels(folder: Path, pause: float):
    """The plugin: half of its work is before a pause and half after it, in one transaction."""

    async def half_and_half(uow, organization, action, number):
        uow.audit(organization, f"{action}.begun", "Parcel", number=number)
        await uow.flush()
        (folder / new_id().hex).touch()
        await asyncio.sleep(pause)
        uow.audit(organization, f"{action}.ended", "Parcel", number=number)

    async def count(uow, delivery):
        event = delivery.event
        await half_and_half(uow, event.organization_id, "counted", event.number)

    async def weigh(host, payload):
        """As a job must: run twice, it does its work once."""
        town = UUID(payload["organization"])
        done = text(
            "select count(*) from core.audit_entry where organization_id = :town"
            " and action = 'weighed.ended' and details ->> 'number' = :number"
        )
        async with host.unit_of_work(Caller.program([town])) as uow:
            values = {"town": town, "number": str(payload["number"])}
            if await uow.session.scalar(done, values):
                return
            await half_and_half(uow, town, "weighed", payload["number"])

    async def load(run):
        """A task: parcels are loaded one by one, each in a transaction; it goes on where it was."""
        for number in range(run.kept.get("next", 0), LOADED):
            async with run.transaction() as uow:
                run.kept["next"] = number + 1
                await run.tell("Loading", number, LOADED)
                await half_and_half(uow, run.organization_id, "loaded", number)

    return plugin_module(
        "parcels",
        event_handlers=[EventHandler(Counted, count, "parcels.count")],
        jobs=[Job(WEIGH, weigh)],
        tasks=[replace(LOAD, work=load)],
    )


def make_host(settings, folder: Path, pause: float) -> Host:
    """A host with the plugin."""
    registry = load_plugins(extra=[("parcels", parcels(folder, pause))])
    return Host.create(settings, registry, settings.database_url)


async def _serve(folder: Path, pause: float) -> None:
    host = make_host(load_settings(), folder, pause)
    try:
        await work(host, asyncio.Event())
    finally:
        await host.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
