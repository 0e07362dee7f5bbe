"""Finds, imports and registers plugins; one that fails is set aside, the rest serves."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import click
import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from arengo_core import __version__, builtin
from arengo_core.caller import Permission
from arengo_core.consents.contract import ConsentSource
from arengo_core.database.migrate import MigrationHistory
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.outbox.events import EventHandler
from arengo_core.plugins import hookspecs
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
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.manifest import Manifest, Service
from arengo_core.plugins.registry import ESSENTIAL, Plugin, PluginError, Registry
from arengo_core.remote.kinds import RemoteKind
from arengo_core.tasks.definition import TaskKind

if TYPE_CHECKING:
    from arengo_core.host import Host

# What each hook's answer consists of. Litestar's handlers and controllers share no type, and
# allocation keys are the marketplace's own Protocol.
_MANY: dict[str, type[Any]] = {
    "services": Service,
    "capabilities": Capability,
    "providers": Provider,
    "remote_kinds": RemoteKind,
    "routes": object,
    "navigation": NavigationItem,
    "slots": Slot,
    "slot_parts": SlotPart,
    "event_handlers": EventHandler,
    "jobs": Job,
    "tasks": TaskKind,
    "schedules": Schedule,
    "allocation_keys": object,
    "health_checks": HealthCheck,
    "permissions": Permission,
    "data_grants": DataGrant,
    "consents": ConsentSource,
    "acts": Act,
    "commands": click.Command,
    "demo": DemoStep,
    "companions": Companion,
}
_ONE: dict[str, type[Any]] = {
    "graphql": GraphqlContribution,
    "migrations": MigrationHistory,
    "resources": Resources,
}


def _import(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:
        raise PluginError(
            point.name,
            "import",
            f"{point.value} fails to import: {type(error).__name__}: {error}",
            _line_of(error),
        ) from error


def _load(manager: pluggy.PluginManager, name: str, module: Any) -> Plugin:
    """Register one module and collect what its hooks bring."""
    unknown = [
        attribute
        for attribute in dir(module)
        if attribute.startswith("arengo_")
        and hasattr(getattr(module, attribute), "arengo_impl")
        and attribute not in hookspecs.HOOKS
    ]
    if unknown:
        near = [close for hook in unknown for close in get_close_matches(hook, hookspecs.HOOKS, 1)]
        mend = f"did you mean {', '.join(near)}?" if near else "docs/reference/hooks.md has all"
        raise PluginError(name, "hooks", f"there is no hook {', '.join(unknown)}", mend)
    try:
        manager.register(module, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        manager.unregister(name=name)
        fault = " ".join(str(error).split())
        raise PluginError(
            name, "hooks", fault, "define it with the arguments of its spec"
        ) from error
    others = [other for other in manager.get_plugins() if other is not module]

    def ask(hook: str) -> list[Any]:
        caller = manager.subset_hook_caller(hook, others)
        try:
            return caller()
        except Exception as error:
            raise PluginError(
                name, hook, f"it fails: {type(error).__name__}: {error}", _line_of(error)
            ) from error

    try:
        package = getattr(module, "__name__", type(module).__module__).partition(".")[0]
        plugin = _collect(name, package, ask)
        plugin.file = _file_of(module)
        if hasattr(module, "arengo_host_ready"):
            plugin.on_ready.append(lambda host: _call_alone(manager, module, host))
        return plugin
    except PluginError:
        manager.unregister(name=name)
        raise


def _line_of(error: Exception) -> str:
    """Where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"look at {frames[-1].filename}, line {frames[-1].lineno}" if frames else ""


def _file_of(module: Any) -> str:
    return str(getattr(module, "__file__", None) or getattr(module, "__name__", ""))


def _call_alone(manager: pluggy.PluginManager, module: Any, host: Host) -> None:
    """This plugin's ``arengo_host_ready``, not that of those loaded since."""
    others = [other for other in manager.get_plugins() if other is not module]
    manager.subset_hook_caller("arengo_host_ready", others)(host=host)


def _collect(name: str, package: str, ask: Any) -> Plugin:
    manifests = ask("arengo_manifest")
    if len(manifests) != 1 or not isinstance(manifests[0], Manifest):
        raise PluginError(
            name,
            "arengo_manifest",
            "it must answer one Manifest",
            "define arengo_manifest() -> Manifest",
        )
    manifest = manifests[0]
    if manifest.key != name:
        raise PluginError(
            name,
            "arengo_manifest",
            f"its key {manifest.key!r} differs from its entry point {name!r}",
            "give both one name",
        )

    plugin = Plugin(name=name, manifest=manifest, package=package)
    for attribute, kind in _MANY.items():
        setattr(plugin, attribute, _sequence(name, f"arengo_{attribute}", kind, ask))
    for attribute, kind in _ONE.items():
        hook = f"arengo_{attribute}"
        for answer in ask(hook):
            if not isinstance(answer, kind):
                raise _wrong(name, hook, kind, answer)
            setattr(plugin, attribute, answer)
    return plugin


def _wrong(name: str, hook: str, kind: type[Any], answer: object) -> PluginError:
    return PluginError(
        name,
        hook,
        f"it answers {answer!r:.80} where {kind.__name__} objects are expected",
        "docs/reference/hooks.md has an example",
    )


def _sequence(name: str, hook: str, kind: type[Any], ask: Any) -> list[Any]:
    items: list[Any] = []
    for answer in ask(hook):
        if not isinstance(answer, Sequence) or isinstance(answer, str):
            raise _wrong(name, hook, kind, answer)
        for item in answer:
            if not isinstance(item, kind):
                raise _wrong(name, hook, kind, item)
            items.append(item)
    return items


def _lacks(plugin: str, needed: str) -> PluginError:
    mend = "install or mend it, or name it under uses if it can be absent"
    return PluginError(plugin, "requirements", f"needs plugin {needed!r}", mend)


def _check_version(plugin: str, what: str, version: str, wanted: str) -> None:
    try:
        fits = SpecifierSet(wanted).contains(Version(version), prereleases=True)
    except InvalidSpecifier:
        raise PluginError(
            plugin,
            "arengo_manifest",
            f"{wanted!r} is not a version range",
            "write one as in PEP 440, for example '>=0.1,<2'",
        ) from None
    if not fits:
        raise PluginError(
            plugin,
            "requirements",
            f"needs {what} {wanted}, here is {version}",
            "install versions that fit, or widen the range in arengo_manifest once it was tried",
        )


def check_requirements(plugin: Plugin, known: Mapping[str, Plugin]) -> None:
    """Raise PluginError unless this version and the plugins known are what a plugin needs."""
    name = plugin.name
    _check_version(name, "arengo", __version__, plugin.manifest.arengo)
    for key, wanted in plugin.manifest.requires.items():
        if key not in known:
            raise _lacks(name, key)
        _check_version(name, key, known[key].manifest.version, wanted)


def _ordered(plugins: dict[str, Plugin]) -> tuple[list[Plugin], list[PluginError]]:
    """By requirements; those whose requirements cannot be met are set aside."""
    done: dict[str, Plugin] = {}
    errors: list[PluginError] = []
    waiting = dict(plugins)
    while waiting:
        progress = False
        for name, plugin in list(waiting.items()):
            needed = plugin.manifest.requires
            if any(key in waiting for key in needed):
                continue
            progress = True
            del waiting[name]
            try:
                check_requirements(plugin, done)
            except PluginError as error:
                errors.append(error)
                continue
            done[name] = plugin
        if not progress:
            names = ", ".join(sorted(waiting))
            errors += [
                PluginError(
                    name,
                    "requirements",
                    f"requirements go round in a circle: {names}",
                    "take one of them out of requires",
                )
                for name in waiting
            ]
            break
    return list(done.values()), errors


def load_plugins(disabled: Iterable[str] = (), extra: Iterable[tuple[str, Any]] = ()) -> Registry:
    """Load every installed plugin but the disabled ones; ``extra`` are modules for tests.

    An essential package that fails raises PluginError; any other plugin is set aside.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    off = set(disabled)
    points = {point.name: point for point in entry_points(group=GROUP)}
    names = [name for name in ESSENTIAL if name in points]
    names += sorted(name for name in points if name not in ESSENTIAL and name not in off)
    modules: list[tuple[str, Any]] = [("core", builtin)]
    loaded: dict[str, Plugin] = {}
    set_aside: list[PluginError] = []
    for name in names:
        try:
            modules.append((name, _import(points[name])))
        except PluginError as error:
            if name in ESSENTIAL:
                raise
            set_aside.append(error)
    for name, module in [*modules, *extra]:
        try:
            loaded[name] = _load(manager, name, module)
        except PluginError as error:
            error.locate(_file_of(module))
            if name in ESSENTIAL:
                raise
            set_aside.append(error)
    plugins, unmet = _ordered(loaded)
    for error in unmet:
        error.locate(loaded[error.plugin].file)
    registry = Registry([], [*set_aside, *unmet])
    for plugin in plugins:
        try:
            for key in plugin.manifest.requires:
                if key not in {kept.name for kept in registry.plugins}:
                    raise _lacks(plugin.name, key)
            registry = Registry([*registry.plugins, plugin], registry.set_aside)
        except PluginError as error:
            error.locate(plugin.file)
            if plugin.name in ESSENTIAL:
                raise
            registry.set_aside.append(error)
    return _without_unknown_grants(registry)


def _without_unknown_grants(registry: Registry) -> Registry:
    """Set plugins aside that ask for what nobody declares; anew until none does."""
    while errors := registry.unknown_grants():
        error = errors[0]
        if error.plugin in ESSENTIAL:
            raise error
        registry = registry.without(error.plugin, error)
    return registry
