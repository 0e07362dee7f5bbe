"""What the plugin's pages read of a request: the face, and where a list goes on."""

from __future__ import annotations

from uuid import UUID

from arengo_core.errors import InvalidInputError
from arengo_core.web.context import ArengoRequest


def face_of(request: ArengoRequest) -> str:
    """``desk`` for merchants, ``office`` for everybody else who works here."""
    return "desk" if request.scope["path"].startswith("/desk") else "office"


def after_of(request: ArengoRequest) -> UUID | None:
    """The last row of the page before, from ``?after=``."""
    value = request.query_params.get("after", "")
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None
