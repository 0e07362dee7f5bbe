"""The plugin: one field of the API, through which it is told what to do."""

from __future__ import annotations

from typing import Any

import strawberry

from arengo_chaos import __version__, deeds
from arengo_core.api.context import Info
from arengo_core.jobs.definition import Job
from arengo_core.plugins.contributions import FieldExtension, GraphqlContribution
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="chaos",
        title="Chaos",
        description="Does what no plugin should, when asked.",
        version=__version__,
        author="The tests",
        licence="EUPL-1.2",
        requires={"marketplace": ">=0.1"},
    )


@strawberry.type(description="On which the host calls as it does on types of others.")
class Chaos:
    """Holds the field that is guarded."""

    name: str = "chaos"


@strawberry.type
class ChaosQuery:
    """Root queries."""

    @strawberry.field(description="Where to tell it.")
    async def chaos(self) -> Chaos:
        """The one object."""
        return Chaos()


def _door(name: str) -> FieldExtension:
    async def do(root: Any, info: Info) -> str | None:
        await deeds.DEEDS[name](info.context.uow)
        return "done"

    return FieldExtension("Chaos", name, do, "Do it.")


@hookimpl
def arengo_graphql() -> GraphqlContribution:
    return GraphqlContribution(
        queries=(ChaosQuery,), extensions=tuple(_door(name) for name in deeds.DEEDS)
    )


async def _job(host: object, payload: dict[str, str]) -> None:
    await deeds.DEEDS[payload["deed"]](None)


@hookimpl
def arengo_jobs() -> list[Job]:
    return [Job("chaos.deed", _job)]
