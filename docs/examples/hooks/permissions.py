"""What the plugin asks for by `caller.require`, and which roles have it."""

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_
from arengo_core.plugins.hookspecs import hookimpl

KEEP = Permission("example.keep", N_("Keep permits"), frozenset({Role.MUNICIPAL_OFFICER}))


@hookimpl
def arengo_permissions() -> list[Permission]:
    return [KEEP]
