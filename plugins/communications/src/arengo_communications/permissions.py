"""The permissions that communications ask for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

MESSAGES = Permission(
    "communications.messages",
    N_("See and resend messages"),
    frozenset({Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
)
ANNOUNCEMENTS = Permission(
    "communications.announcements",
    N_("Write and publish announcements"),
    frozenset({Role.MUNICIPAL_OFFICER}),
    delegable=True,
)
INBOX = Permission(
    "communications.inbox",
    N_("Read the inbox"),
    frozenset(
        {Role.CONSORTIUM_OFFICER, Role.MUNICIPAL_OFFICER, Role.MERCHANT, Role.CLERK, Role.DEVELOPER}
    ),
)

PERMISSIONS = (
    MESSAGES,
    ANNOUNCEMENTS,
    INBOX,
)
