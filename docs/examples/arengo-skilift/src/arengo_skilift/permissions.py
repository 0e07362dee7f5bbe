"""What the plugin asks for: of people, and of the members who switch its service on."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant

REPORT = Permission(
    "skilift.report",
    N_("Say whether lifts are open"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT, Role.CLERK}),
    delegable=True,
)

DATA_GRANTS = (
    DataGrant("skilift.lifts:read", N_("Your lifts and whether they are open"), (REPORT,)),
    DataGrant("skilift.lifts:write", N_("Your lifts and whether they are open"), (REPORT,)),
)
