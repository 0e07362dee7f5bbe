"""Whose fault an error is, and how the rest goes on without the plugin that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TypeVar

from arengo_core.host import Host
from arengo_core.plugins.registry import ESSENTIAL, Plugin, PluginError, Registry

T = TypeVar("T")


def _packages(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        yield str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        traceback = traceback.tb_next


def plugin_of(registry: Registry, error: BaseException | None) -> str | None:
    """The plugin in whose code an error arose: the innermost frame that is a plugin's.

    A late answer's frames are those of the cancellation that caused it.
    """
    known = {plugin.package: plugin.name for plugin in registry.plugins if plugin.package}
    while error is not None:
        found = [known[package] for package in _packages(error.__traceback__) if package in known]
        outside = [name for name in found if name not in ESSENTIAL]
        if outside or (found and error.__cause__ is None):
            return (outside or found)[-1]
        error = error.__cause__
    return None


def set_aside(host: Host, plugin: Plugin, stage: str, error: Exception) -> None:
    """Go on without a plugin. Raises PluginError when the program cannot do without it."""
    fault = PluginError(plugin.name, stage, f"{type(error).__name__}: {error}")
    if plugin.name in ESSENTIAL:
        raise fault from error
    host.registry = host.registry.without(plugin.name, fault)


def from_those_that_fit(host: Host, stage: str, build: Callable[[Sequence[Plugin]], T]) -> T:
    """Build something from all plugins; one with which it cannot be built is set aside."""
    while True:
        try:
            return build(host.registry.plugins)
        except Exception as error:
            set_aside(host, _culprit(host.registry.plugins, build, error), stage, error)


def _culprit(
    plugins: Sequence[Plugin], build: Callable[[Sequence[Plugin]], object], error: Exception
) -> Plugin:
    """The plugin with whom building begins to fail, added one at a time."""
    for count in range(1, len(plugins) + 1):
        try:
            build(plugins[:count])
        except Exception:
            return plugins[count - 1]
    raise error
