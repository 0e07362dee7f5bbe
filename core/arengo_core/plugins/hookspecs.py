"""The hooks of the entry-point group ``arengo``. They only register; see each docstring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

from arengo_core.caller import Permission
from arengo_core.consents.contract import ConsentSource
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    Companion,
    DemoStep,
    GraphqlContribution,
    HealthCheck,
    NavigationItem,
    Provider,
    Resources,
    Slot,
    SlotPart,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.manifest import Manifest, Service
from arengo_core.remote.kinds import RemoteKind

if TYPE_CHECKING:
    import click

    from arengo_core.database.migrate import MigrationHistory
    from arengo_core.host import Host
    from arengo_core.jobs.definition import Job, Schedule
    from arengo_core.outbox.events import EventHandler
    from arengo_core.tasks.definition import TaskKind

PROJECT = "arengo"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def arengo_manifest() -> Manifest:  # pyright: ignore[reportReturnType]
    """The plugin's manifest. Every plugin has exactly this one hook at the least."""


@hookspec
def arengo_services() -> Sequence[Service]:  # pyright: ignore[reportReturnType]
    """Services that members may activate."""


@hookspec
def arengo_capabilities() -> Sequence[Capability]:  # pyright: ignore[reportReturnType]
    """Implementations of this plugin's own contracts."""


@hookspec
def arengo_providers() -> Sequence[Provider]:  # pyright: ignore[reportReturnType]
    """Interchangeable implementations of another plugin's contract: gateways, carriers."""


@hookspec
def arengo_remote_kinds() -> Sequence[RemoteKind]:  # pyright: ignore[reportReturnType]
    """How remote plugins implement this plugin's contracts over HTTP."""


@hookspec
def arengo_graphql() -> GraphqlContribution:  # pyright: ignore[reportReturnType]
    """Queries, mutations, types, and fields on others' types.

    A field with ``metadata=only_with(service)`` is in the schema of callers alone whose
    organization has the service active.
    """


@hookspec
def arengo_routes() -> Sequence[Any]:  # pyright: ignore[reportReturnType]
    """Litestar route handlers and controllers: pages, webhooks, feeds.

    One with ``opt={"service": key}`` answers members who have that service active alone.
    """


@hookspec
def arengo_navigation() -> Sequence[NavigationItem]:  # pyright: ignore[reportReturnType]
    """Menu entries."""


@hookspec
def arengo_slots() -> Sequence[Slot]:  # pyright: ignore[reportReturnType]
    """Places in the plugin's pages where others show something."""


@hookspec
def arengo_slot_parts() -> Sequence[SlotPart]:  # pyright: ignore[reportReturnType]
    """What the plugin shows in slots. One that nobody offers sets the plugin aside, unless the
    plugin that would offer it is not installed.
    """


@hookspec
def arengo_event_handlers() -> Sequence[EventHandler]:  # pyright: ignore[reportReturnType]
    """Handlers of domain events."""


@hookspec
def arengo_jobs() -> Sequence[Job]:  # pyright: ignore[reportReturnType]
    """Kinds of jobs that the plugin enqueues."""


@hookspec
def arengo_tasks() -> Sequence[TaskKind]:  # pyright: ignore[reportReturnType]
    """Kinds of slow work that people wait for, with progress, begun by ``tasks.begin``."""


@hookspec
def arengo_schedules() -> Sequence[Schedule]:  # pyright: ignore[reportReturnType]
    """Jobs that the worker starts by the clock."""


@hookspec
def arengo_allocation_keys() -> Sequence[Any]:  # pyright: ignore[reportReturnType]
    """Allocation keys for cost rules (``arengo_marketplace.contract.AllocationKey``)."""


@hookspec
def arengo_migrations() -> MigrationHistory:  # pyright: ignore[reportReturnType]
    """The plugin's own migration history and PostgreSQL schema."""


@hookspec
def arengo_resources() -> Resources:  # pyright: ignore[reportReturnType]
    """Folders of templates, locale catalogues, static files and themes."""


@hookspec
def arengo_health_checks() -> Sequence[HealthCheck]:  # pyright: ignore[reportReturnType]
    """Checks shown on the plugin health page."""


@hookspec
def arengo_permissions() -> Sequence[Permission]:  # pyright: ignore[reportReturnType]
    """What the plugin asks for with ``caller.require``, and the roles that have it unless an
    organization says otherwise.
    """


@hookspec
def arengo_data_grants() -> Sequence[DataGrant]:  # pyright: ignore[reportReturnType]
    """What services may ask members to let them read or write of this plugin's data."""


@hookspec
def arengo_consents() -> Sequence[ConsentSource]:  # pyright: ignore[reportReturnType]
    """Consents that the plugin keeps, for the consent log."""


@hookspec
def arengo_acts() -> Sequence[Act]:  # pyright: ignore[reportReturnType]
    """Names of the acts that the plugin notes in the log."""


@hookspec
def arengo_commands() -> Sequence[click.Command]:  # pyright: ignore[reportReturnType]
    """Commands that join ``arengo``."""


@hookspec
def arengo_demo() -> Sequence[DemoStep]:  # pyright: ignore[reportReturnType]
    """Steps that load this plugin's part of the demo."""


@hookspec
def arengo_companions() -> Sequence[Companion]:  # pyright: ignore[reportReturnType]
    """Stand-ins that the demo starts beside the server."""


@hookspec
def arengo_host_ready(host: Host) -> None:
    """Called once when the host is put together, before it serves: build what needs it all."""


HOOKS = tuple(name for name in dict(globals()) if name.startswith("arengo_"))
