"""What services may ask to read or write of a member's parcels."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant
from arengo_delivery.permissions import PARCELS, POINTS

DATA_GRANTS = (
    DataGrant(
        "delivery.parcels:read",
        N_("Your parcels, with the names and addresses of recipients"),
        (PARCELS,),
    ),
    DataGrant(
        "delivery.parcels:write",
        N_("Your parcels: new ones, and where they are"),
        (PARCELS,),
    ),
    DataGrant("delivery.points:read", N_("Your pick-up points"), (POINTS,)),
    DataGrant("delivery.points:write", N_("Your pick-up points"), (POINTS,)),
)
