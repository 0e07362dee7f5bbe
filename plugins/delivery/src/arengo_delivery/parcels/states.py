"""How a parcel may move."""

from __future__ import annotations

from collections.abc import Mapping

from arengo_core.errors import ConflictError
from arengo_core.i18n import N_
from arengo_delivery.contract import DeliveryKind, ParcelState

_WAY = frozenset({ParcelState.IN_TRANSIT, ParcelState.AT_PICK_UP_POINT})
MAY_BECOME: Mapping[ParcelState, frozenset[ParcelState]] = {
    ParcelState.ANNOUNCED: _WAY | {ParcelState.READY, ParcelState.CANCELLED},
    ParcelState.READY: _WAY | {ParcelState.CANCELLED},
    ParcelState.IN_TRANSIT: _WAY | {ParcelState.DELIVERED, ParcelState.RETURNED},
    ParcelState.AT_PICK_UP_POINT: frozenset({ParcelState.DELIVERED, ParcelState.RETURNED}),
    ParcelState.DELIVERED: frozenset(),
    ParcelState.RETURNED: frozenset(),
    ParcelState.CANCELLED: frozenset(),
}
LABELS: Mapping[ParcelState, str] = {
    ParcelState.ANNOUNCED: N_("Being packed"),
    ParcelState.READY: N_("Packed"),
    ParcelState.IN_TRANSIT: N_("On its way"),
    ParcelState.AT_PICK_UP_POINT: N_("At the pick-up point"),
    ParcelState.DELIVERED: N_("Delivered"),
    ParcelState.RETURNED: N_("Sent back"),
    ParcelState.CANCELLED: N_("Called off"),
}
ACTS: Mapping[ParcelState, str] = {
    ParcelState.READY: N_("It is packed"),
    ParcelState.IN_TRANSIT: N_("Collected, on its way"),
    ParcelState.AT_PICK_UP_POINT: N_("Brought to the pick-up point"),
    ParcelState.DELIVERED: N_("Delivered at the door"),
    ParcelState.RETURNED: N_("Sent back to the shop"),
}
"""What people say who move a parcel."""
KINDS: Mapping[ParcelState, str] = {
    ParcelState.ANNOUNCED: "neutral",
    ParcelState.READY: "info",
    ParcelState.IN_TRANSIT: "info",
    ParcelState.AT_PICK_UP_POINT: "accent",
    ParcelState.DELIVERED: "success",
    ParcelState.RETURNED: "warning",
    ParcelState.CANCELLED: "neutral",
}
UNFINISHED = frozenset(state for state, next_ones in MAY_BECOME.items() if next_ones)


def next_states(kind: DeliveryKind, state: ParcelState) -> frozenset[ParcelState]:
    """Where a parcel may go by somebody's word; a pick-up is delivered by its code alone."""
    barred = ParcelState.AT_PICK_UP_POINT if kind is DeliveryKind.COURIER else ParcelState.DELIVERED
    return MAY_BECOME[state] - {barred}


def check_move(
    kind: DeliveryKind, state: ParcelState, wanted: ParcelState, *, by_code: bool = False
) -> None:
    """ConflictError unless a parcel may move so."""
    allowed = MAY_BECOME[state] if by_code else next_states(kind, state)
    if wanted in allowed:
        return
    if wanted is ParcelState.DELIVERED and wanted in MAY_BECOME[state]:
        raise ConflictError("A parcel at a pick-up point is handed over by the shopper's code.")
    raise ConflictError("The parcel is past that: its page shows where it is.")
