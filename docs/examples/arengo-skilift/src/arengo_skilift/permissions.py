"""What the plugin asks for: who may do it unless an organization says otherwise."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

REPORT = Permission(
    "skilift.report",
    N_("Say whether lifts are open"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT, Role.CLERK}),
    delegable=True,
)
