"""Everything that the plugins registered, merged; duplicates are refused, naming both sides."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from arengo_core.caller import OrganizationKind, Permission
from arengo_core.consents.contract import ConsentSource
from arengo_core.errors import ArengoError, SettingsError
from arengo_core.outbox.events import Event, EventHandler
from arengo_core.plugins.contributions import (
    Act,
    Capability,
    Companion,
    DemoStep,
    FieldExtension,
    GraphqlContribution,
    HealthCheck,
    NavigationItem,
    Provider,
    Resources,
    Slot,
    SlotPart,
)
from arengo_core.plugins.grants import DataGrant, owner_of
from arengo_core.plugins.manifest import Manifest, Service
from arengo_core.remote.kinds import RemoteKind
from arengo_core.tasks.run import job_of

if TYPE_CHECKING:
    import click

    from arengo_core.database.migrate import MigrationHistory
    from arengo_core.host import Host
    from arengo_core.jobs.definition import Job, Schedule
    from arengo_core.tasks.definition import TaskKind

T = TypeVar("T")


class PluginError(ArengoError):
    """A plugin cannot be used: ``plugin``, the hook or ``stage``, what is wrong, and the ``mend``.

    ``file`` is the module of its hooks, as soon as it is known.
    """

    code = "PLUGIN"

    def __init__(self, plugin: str, stage: str, fault: str, mend: str = "") -> None:
        super().__init__(f"{fault}; {mend}" if mend else fault)
        self.plugin = plugin
        self.stage = stage
        self.file = ""

    def locate(self, file: str) -> None:
        """Name the module of the plugin's hooks too."""
        if file and not self.file:
            self.file = file
            self.message += f" [{file}]"

    def __str__(self) -> str:
        return f"plugin {self.plugin!r} ({self.stage}): {self.message}"


ESSENTIAL = ("core", "marketplace", "graphql")
"""Plugins without which the program does not serve."""


class Owned(NamedTuple):
    """A registered object with the plugin that brought it."""

    plugin: str
    value: Any


@dataclass(slots=True)
class Plugin:
    """One loaded plugin and what it brought; ``remote_url`` is where a remote one is."""

    name: str
    manifest: Manifest
    package: str = ""
    file: str = ""
    remote_url: str = ""
    services: list[Service] = field(default_factory=list[Service])
    capabilities: list[Capability] = field(default_factory=list[Capability])
    providers: list[Provider] = field(default_factory=list[Provider])
    remote_kinds: list[RemoteKind] = field(default_factory=list[RemoteKind])
    graphql: GraphqlContribution = field(default_factory=GraphqlContribution)
    routes: list[Any] = field(default_factory=list[Any])
    navigation: list[NavigationItem] = field(default_factory=list[NavigationItem])
    slots: list[Slot] = field(default_factory=list[Slot])
    slot_parts: list[SlotPart] = field(default_factory=list[SlotPart])
    event_handlers: list[EventHandler] = field(default_factory=list[EventHandler])
    jobs: list[Job] = field(default_factory=list)
    tasks: list[TaskKind] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    allocation_keys: list[Any] = field(default_factory=list[Any])
    migrations: MigrationHistory | None = None
    resources: Resources = field(default_factory=Resources)
    health_checks: list[HealthCheck] = field(default_factory=list[HealthCheck])
    permissions: list[Permission] = field(default_factory=list[Permission])
    data_grants: list[DataGrant] = field(default_factory=list[DataGrant])
    consents: list[ConsentSource] = field(default_factory=list[ConsentSource])
    acts: list[Act] = field(default_factory=list[Act])
    commands: list[click.Command] = field(default_factory=list)
    demo: list[DemoStep] = field(default_factory=list[DemoStep])
    companions: list[Companion] = field(default_factory=list[Companion])
    on_ready: list[Callable[[Host], None]] = field(default_factory=list)


def _events_of(package: str, kind: type[Event] = Event) -> Iterator[type[Event]]:
    """The event types that a package defines."""
    for found in kind.__subclasses__():
        if package and found.__module__.partition(".")[0] == package:
            yield found
        yield from _events_of(package, found)


def _circle(start: str, rests: Mapping[str, Sequence[str]]) -> list[str]:
    """The way from a service over those it rests on back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for key in rests.get(way[-1], ()):
            if key == start:
                return [*way, start]
            if key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []


class Registry:
    """The loaded plugins in the order of their requirements, and look-ups over them."""

    def __init__(self, plugins: Iterable[Plugin], set_aside: Iterable[PluginError] = ()) -> None:
        self.plugins = list(plugins)
        self.set_aside = list(set_aside)
        self.services: dict[str, Owned] = {}
        self.capabilities: dict[type[Any], Owned] = {}
        self.providers: dict[tuple[type[Any], str], Owned] = {}
        self.remote_kinds: dict[str, Owned] = {}
        self.event_handlers: dict[str, Owned] = {}
        self.jobs: dict[str, Owned] = {}
        self.tasks: dict[str, Owned] = {}
        self.slots: dict[str, Owned] = {}
        self.published: dict[str, Owned] = {}
        self.permissions: dict[str, Owned] = {}
        self.data_grants: dict[str, Owned] = {}
        self._handlers_by_event: dict[str, list[str]] = {}
        for plugin in self.plugins:
            self._add(plugin)

    def _add(self, plugin: Plugin) -> None:
        self._refuse_circles(plugin)
        jobs = [
            *plugin.jobs,
            *(schedule.job for schedule in plugin.schedules),
            *(job_of(plugin.name, kind) for kind in plugin.tasks),
        ]
        unique = {job.name: job for job in jobs}
        claim = functools.partial(self._claim, plugin)
        claim("arengo_services", "service", self.services, plugin.services, lambda s: s.key)
        claim(
            "arengo_capabilities",
            "capability",
            self.capabilities,
            plugin.capabilities,
            lambda c: c.contract,
        )
        claim(
            "arengo_providers",
            "provider",
            self.providers,
            plugin.providers,
            lambda p: (p.contract, p.key),
        )
        claim(
            "arengo_remote_kinds",
            "remote kind",
            self.remote_kinds,
            plugin.remote_kinds,
            lambda k: k.key,
        )
        claim(
            "arengo_event_handlers",
            "event handler",
            self.event_handlers,
            plugin.event_handlers,
            lambda h: h.key,
        )
        claim("arengo_slots", "slot", self.slots, plugin.slots, lambda s: s.key)
        claim(
            "arengo_permissions",
            "permission",
            self.permissions,
            plugin.permissions,
            lambda p: p.key,
        )
        self._refuse_misnamed(plugin)
        claim(
            "arengo_data_grants",
            "data grant",
            self.data_grants,
            plugin.data_grants,
            lambda g: g.key,
        )
        claim("arengo_tasks", "task", self.tasks, plugin.tasks, lambda kind: kind.key)
        claim("arengo_jobs", "job", self.jobs, unique.values(), lambda job: job.name)
        self._refuse_ungated(plugin, unique.values())
        for kind in _events_of(plugin.package):
            if kind.title:
                self.published.setdefault(kind.name, Owned(plugin.name, kind))
        for handler in plugin.event_handlers:
            self._handlers_by_event.setdefault(handler.event.name, []).append(handler.key)

    def _refuse_circles(self, plugin: Plugin) -> None:
        """Services that rest on each other could never be switched on."""
        known = {key: owned.plugin for key, owned in self.services.items()}
        rests = {key: owned.value.rests_on for key, owned in self.services.items()}
        for service in plugin.services:
            known.setdefault(service.key, plugin.name)
            rests.setdefault(service.key, service.rests_on)
        for service in plugin.services:
            circle = _circle(service.key, rests)
            if circle:
                raise PluginError(
                    plugin.name,
                    "arengo_services",
                    "services rest on each other in a circle: "
                    + " → ".join(f"{key} of plugin {known[key]!r}" for key in circle),
                    "take one of them out of rests_on",
                )

    @staticmethod
    def _refuse_misnamed(plugin: Plugin) -> None:
        """A grant's name says whose data it is about."""
        for grant in plugin.data_grants:
            if not grant.is_well_named or grant.owner != plugin.name:
                raise PluginError(
                    plugin.name,
                    "arengo_data_grants",
                    f"{grant.key!r} is no name of a data grant of this plugin",
                    f"write '{plugin.name}.<data>:read' or '{plugin.name}.<data>:write'",
                )

    def _services_near(self, plugin: Plugin) -> list[str]:
        """Keys of the services that a plugin brings, or one that it requires."""
        near = {plugin.name, *plugin.manifest.requires}
        return sorted(key for key, owned in self.services.items() if owned.plugin in near)

    def _refuse_ungated(self, plugin: Plugin, jobs: Iterable[Job]) -> None:
        """A job of a service that could not be looked at whenever it is to run."""
        known = self._services_near(plugin)
        ticks = {schedule.job.name for schedule in plugin.schedules}
        for job in jobs:
            fault = mend = ""
            if job.service is None and job.finishes:
                fault, mend = "finishes the work of no service", "name the service"
            elif job.service is not None and job.service not in known:
                fault = f"is of {job.service!r}, a service of neither it nor what it requires"
                mend = f"use one of: {', '.join(known)}"
            elif job.is_gated and not job.member:
                fault, mend = "does not say where its member is", "name the payload's key"
            elif job.is_gated and job.name in ticks:
                fault = "is started by the clock, which names no member"
                mend = "enqueue a job for each member, or say that it finishes"
            if fault:
                raise PluginError(plugin.name, "arengo_jobs", f"job {job.name!r} {fault}", mend)

    @staticmethod
    def _claim(
        plugin: Plugin,
        hook: str,
        what: str,
        owned: dict[Any, Owned],
        items: Iterable[T],
        key: Callable[[T], Any],
    ) -> None:
        for item in items:
            name = key(item)
            if name in owned:
                raise PluginError(
                    plugin.name,
                    hook,
                    f"{what} {name!r} is already brought by plugin {owned[name].plugin!r}",
                    "rename one or uninstall the other",
                )
            owned[name] = Owned(plugin.name, item)

    def handlers_of(self, event_name: str) -> list[str]:
        """Keys of the handlers of an event type; of those of every published one, too."""
        own = self._handlers_by_event.get(event_name, [])
        if event_name not in self.published:
            return own
        return [*own, *self._handlers_by_event.get(Event.name, [])]

    def providers_of(self, contract: type[Any]) -> list[Owned]:
        """The providers of a contract, in the order of registration."""
        return [owned for (kind, _), owned in self.providers.items() if kind is contract]

    def require_providers(self, chosen: Mapping[str, str]) -> None:
        """SettingsError for a provider that is chosen by its contract's name and not here."""
        known = [(contract.__name__, key) for contract, key in self.providers]
        for name, key in chosen.items():
            if (name, key) not in known:
                raise SettingsError(
                    "ARENGO_PROVIDERS: no installed plugin brings {name}={key}; possible: {known}.",
                    name=name,
                    key=key,
                    known=", ".join(sorted(f"{one}={other}" for one, other in known)),
                )

    def parts_of(self, slot: str) -> list[Owned]:
        """What plugins show in a slot, in order."""
        parts = [
            Owned(plugin.name, part)
            for plugin in self.plugins
            for part in plugin.slot_parts
            if part.slot == slot
        ]
        return sorted(parts, key=lambda owned: owned.value.order)

    def misplaced_parts(self) -> list[PluginError]:
        """Parts for slots that the plugin, though it is here, does not offer."""
        names = {plugin.name for plugin in self.plugins}
        return [
            PluginError(
                plugin.name,
                "arengo_slot_parts",
                f"plugin {owner!r} offers no slot {part.slot!r}",
                f"use one of: {', '.join(sorted(self.slots))}",
            )
            for plugin in self.plugins
            for part in plugin.slot_parts
            if part.slot not in self.slots
            if (owner := part.slot.partition(".")[0]) in names
        ]

    def asked_by(self, service: str) -> tuple[DataGrant, ...]:
        """What a service reads and writes of a member's, in the order of its plugin's words.

        What belongs to a plugin that is only used, and is not here, is left out.
        """
        owned = self.services.get(service)
        if owned is None:
            return ()
        keys = dict.fromkeys((*self.plugin(owned.plugin).manifest.grants, *owned.value.grants))
        return tuple(self.data_grants[key].value for key in keys if key in self.data_grants)

    def permissions_by(
        self, grants: Collection[str], kind: OrganizationKind, *, writing: bool
    ) -> frozenset[str]:
        """Keys of the permissions that grants bring: those that write, or all for reading.

        Those alone that whoever leads an organization of the kind has.
        """
        return frozenset(
            permission.key
            for key in grants
            if key in self.data_grants
            if (grant := self.data_grants[key].value).writes or not writing
            for permission in grant.permissions
            if permission.exists_in(kind)
        )

    def owner_of_service(self, key: str) -> str:
        """The plugin that brings a service; empty when it is not here."""
        return self.services[key].plugin if key in self.services else ""

    def unknown_grants(self) -> list[PluginError]:
        """What plugins ask for though nobody declares it."""
        names = {plugin.name for plugin in self.plugins}
        asked = [
            (plugin, hook, what, key)
            for plugin in self.plugins
            for hook, what, keys in (
                ("arengo_manifest", "it", plugin.manifest.grants),
                *(
                    ("arengo_services", f"service {service.key!r}", service.grants)
                    for service in plugin.services
                ),
            )
            for key in keys
        ]
        return [
            PluginError(
                plugin.name,
                hook,
                f"{what} asks for the data grant {key!r}, which no plugin declares",
                self._mend_of(key),
            )
            for plugin, hook, what, key in asked
            if key not in self.data_grants
            if owner_of(key) in names or owner_of(key) not in plugin.manifest.uses
        ]

    def _mend_of(self, key: str) -> str:
        near = get_close_matches(key, self.data_grants, 1)
        if near:
            return f"did you mean {near[0]!r}?"
        return f"use one of: {', '.join(sorted(self.data_grants))}"

    def has(self, name: str) -> bool:
        """Whether a plugin is loaded."""
        return any(plugin.name == name for plugin in self.plugins)

    def plugin(self, name: str) -> Plugin:
        """A loaded plugin by its key. KeyError when it is not loaded."""
        for plugin in self.plugins:
            if plugin.name == name:
                return plugin
        raise KeyError(name)

    @property
    def histories(self) -> list[MigrationHistory]:
        """Migration histories in the order of requirements."""
        return [plugin.migrations for plugin in self.plugins if plugin.migrations is not None]

    @property
    def extensions(self) -> list[tuple[str, FieldExtension]]:
        """GraphQL field extensions with their plugin."""
        return [
            (plugin.name, extension)
            for plugin in self.plugins
            for extension in plugin.graphql.extensions
        ]

    def acts(self) -> dict[str, str]:
        """What the log calls each act that plugins note, untranslated."""
        return {act.key: act.title for plugin in self.plugins for act in plugin.acts}

    def meters(self) -> dict[str, str]:
        """Meter keys with the service that reports them."""
        return {
            meter.key: service.key
            for _, service in self.services.values()
            for meter in service.meters
        }

    def without(self, name: str, error: PluginError) -> Registry:
        """The registry after setting a plugin aside, and those that require it."""
        gone = {name}
        if error.stage != "disabled":  # which is nobody's fault
            error.locate(next((plugin.file for plugin in self.plugins if plugin.name == name), ""))
        errors = [*self.set_aside, error]
        kept: list[Plugin] = []
        for plugin in self.plugins:
            if plugin.name == name:
                continue
            missing = gone.intersection(plugin.manifest.requires)
            if missing:
                gone.add(plugin.name)
                errors.append(
                    PluginError(plugin.name, "requirements", f"needs {', '.join(sorted(missing))}")
                )
                continue
            kept.append(plugin)
        return Registry(kept, errors)
