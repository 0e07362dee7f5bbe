"""Names of services and meters in the language of the reader; their keys where nobody knows."""

from __future__ import annotations

from arengo_core.i18n import gettext
from arengo_core.plugins.manifest import Meter, Service
from arengo_core.plugins.registry import Registry


def service_title(registry: Registry, key: str) -> str:
    """A service's title; the key once its plugin is uninstalled."""
    found = registry.services.get(key)
    if found is None:
        return key
    service: Service = found.value
    return gettext(service.title)


def meter_of(registry: Registry, key: str) -> Meter | None:
    """A meter that an installed service reports."""
    for owned in registry.services.values():
        service: Service = owned.value
        for meter in service.meters:
            if meter.key == key:
                return meter
    return None


def meter_title(registry: Registry, key: str) -> str:
    """A meter's title; the key once its plugin is uninstalled."""
    meter = meter_of(registry, key)
    return gettext(meter.title) if meter is not None else key
