"""Organizations and in-memory plugins that the tests of core share."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest


async def place(
    host: Any, name: str = "Lanzada", kind: OrganizationKind = OrganizationKind.MUNICIPALITY
) -> Organization:
    """A new organization."""
    async with host.unit_of_work(Caller.program()) as uow:
        return await organizations.create(uow, kind=kind, name=name)


def plugin_module(key: str, *, manifest: dict[str, Any] | None = None, **hooks: Any) -> Any:
    """A plugin made on the spot: ``services=[...]`` answers the hook ``arengo_services``.

    A value that is callable is the hook itself.
    """
    module = ModuleType(f"arengo_{key}_made_by_a_test")
    said = Manifest(key=key, title=key, description=key, version="1.0", **(manifest or {}))

    def answer(name: str, value: Any) -> Any:
        def hook() -> Any:
            return value() if callable(value) else value

        hook.__name__ = name
        return hookimpl(hook)

    for name, value in {"manifest": said, **hooks}.items():
        hook = f"arengo_{name}"
        setattr(module, hook, answer(hook, value))
    return module
