"""Fields of the schema that exist for members with a service alone."""

from __future__ import annotations

from typing import Any

SERVICE = "arengo_service"
FINISHES = "arengo_finishes"
"""Keys of a Strawberry field's metadata: the service, and whether it finishes what was begun."""


def only_with(service: str, *, finishes: bool = False) -> dict[str, Any]:
    """``metadata`` of a field that callers see when an organization of theirs has the service.

    To everybody else the field does not exist, in introspection and in validation alike. One that
    ``finishes`` begun work (an order, a parcel, a refund) is seen after a suspension too, and by
    the office of a consortium that offers the service. The rule that the field calls still asks
    the gate for the member at hand, where something new starts.
    """
    return {SERVICE: service, FINISHES: finishes}
