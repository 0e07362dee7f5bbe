"""Cursors of lists that are sorted by name."""

from __future__ import annotations

from uuid import UUID

from arengo_core.api.connection import decode_cursor
from arengo_core.errors import InvalidInputError


def place_by_name(cursor: str | None) -> tuple[str, UUID] | None:
    """The name and id that a cursor holds. InvalidInputError for one of another list."""
    values = decode_cursor(cursor or None, 2)
    if values is None:
        return None
    try:
        return str(values[0]), UUID(values[1])
    except (ValueError, TypeError, AttributeError):
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None
