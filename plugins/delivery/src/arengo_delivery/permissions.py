"""The permissions that delivery asks for."""

from __future__ import annotations

from arengo_core.caller import Permission, Role
from arengo_core.i18n import N_

TARIFFS = Permission(
    "delivery.tariffs", N_("Set delivery prices"), frozenset({Role.CONSORTIUM_OFFICER})
)
ALL_PARCELS = Permission(
    "delivery.all_parcels",
    N_("See and carry parcels of the consortium"),
    frozenset({Role.CONSORTIUM_OFFICER}),
)
POINTS = Permission(
    "delivery.points",
    N_("Open and change pick-up points"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT}),
    delegable=True,
)
COUNTER = Permission(
    "delivery.counter",
    N_("Hand parcels over at the counter"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.MERCHANT, Role.CLERK}),
    delegable=True,
)
COURIER = Permission(
    "delivery.courier",
    N_("Carry parcels"),
    frozenset({Role.MUNICIPAL_OFFICER, Role.CLERK}),
    delegable=True,
)
PARCELS = Permission(
    "delivery.parcels", N_("Send parcels of the shop"), frozenset({Role.MERCHANT, Role.CLERK})
)

PERMISSIONS = (
    TARIFFS,
    ALL_PARCELS,
    POINTS,
    COUNTER,
    COURIER,
    PARCELS,
)
