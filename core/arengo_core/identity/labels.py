"""Roles, and what a refused sign-in is told, in words."""

from __future__ import annotations

from arengo_core.caller import Role
from arengo_core.i18n import N_

ROLE_LABELS = {
    Role.CONSORTIUM_OFFICER: N_("Consortium officer"),
    Role.MUNICIPAL_OFFICER: N_("Municipal officer"),
    Role.MERCHANT: N_("Merchant"),
    Role.CLERK: N_("Clerk"),
    Role.DEVELOPER: N_("Plugin developer"),
}

REFUSED = N_(
    "Address and password do not fit. After eight tries the next one has to wait: a minute at"
    " first, then longer."
)

INVITED_REFUSED = N_(
    "This address has an account: enter its password. After eight tries the next one has to wait."
)
PASSWORD_REFUSED = N_("This is not your password. After eight tries the next one has to wait.")
CODE_REFUSED = N_(
    "This code does not fit, or was used already. After eight tries the next one has to wait."
)
