"""The permissions that core asks for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

PEOPLE = Permission(
    "core.people",
    N_("Manage people and their roles"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    fixed=True,
)
GRANTS = Permission(
    "core.permissions",
    N_("Manage permissions and delegations"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    fixed=True,
)
OWN_DATA = Permission(
    "core.own_data",
    N_("Change the organization's own data"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    delegable=True,
)
LOG = Permission(
    "core.log",
    N_("Read the log"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)
CONSENTS = Permission(
    "core.consents",
    N_("Read the consent log"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)
DELEGATED = Permission(
    "core.delegated_work",
    N_("Act for organizations that let yours do so"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)

HELD_WORK = Permission(
    "core.held_work",
    N_("Look after plugins, and after what jobs gave up"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)

WEBHOOKS = Permission(
    "core.webhooks",
    N_("Send events to addresses of one's own"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)

PERMISSIONS = (
    PEOPLE,
    GRANTS,
    OWN_DATA,
    LOG,
    CONSENTS,
    DELEGATED,
    HELD_WORK,
    WEBHOOKS,
)
