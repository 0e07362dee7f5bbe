"""What services may ask to read of an organization's own data in core."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.permissions.declared import PEOPLE
from arengo_core.plugins.grants import DataGrant

DATA_GRANTS = (
    DataGrant("core.own_data:read", N_("Your organization's name, address and contacts")),
    DataGrant(
        "core.people:read",
        N_("Names, e-mail addresses and roles of the people who work for you"),
        (PEOPLE,),
    ),
)
