"""GraphQL joins the host by the same hooks as any plugin."""

from __future__ import annotations

from pathlib import Path

import click

from arengo_core import __version__
from arengo_core.host import Host
from arengo_core.plugins.contributions import Resources
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest
from arengo_graphql.assembly import assemble
from arengo_graphql.commands import schema
from arengo_graphql.endpoint import ROUTES

_HERE = Path(__file__).parent


@hookimpl
def arengo_manifest() -> Manifest:
    return Manifest(
        key="graphql", title="API", description="The one GraphQL schema.", version=__version__
    )


@hookimpl
def arengo_routes() -> list[object]:
    return list(ROUTES)


@hookimpl
def arengo_commands() -> list[click.Command]:
    return [schema]


@hookimpl
def arengo_resources() -> Resources:
    return Resources(
        templates=_HERE / "templates", static=_HERE / "static", locale=_HERE / "locale"
    )


@hookimpl
def arengo_host_ready(host: Host) -> None:
    host.state["schemas"] = assemble(host)
