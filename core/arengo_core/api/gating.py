"""Fields of the schema that exist for members with a service alone."""

from __future__ import annotations

from typing import Any

SERVICE = "arengo_service"
"""Key of a Strawberry field's metadata."""


def only_with(service: str) -> dict[str, Any]:
    """``metadata`` of a field that callers see when an organization of theirs has the service.

    To everybody else the field does not exist, in introspection and in validation alike. The
    rule that the field calls still asks the gate for the member at hand.
    """
    return {SERVICE: service}
