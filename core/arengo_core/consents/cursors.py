"""Where a page of the consent log ends, as addresses and the API write it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from arengo_core.api.connection import decode_cursor, encode_cursor
from arengo_core.consents.contract import Before, ConsentEntry
from arengo_core.errors import InvalidInputError


def cursor_of(entry: ConsentEntry) -> str:
    """A cursor that stands for an entry."""
    return encode_cursor(entry.at.isoformat(), str(entry.id))


def before(cursor: str | None) -> Before | None:
    """Time and id in a cursor. InvalidInputError when it is none of this list."""
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        at = datetime.fromisoformat(str(values[0]))
        if at.tzinfo is None:
            raise ValueError
        return at, UUID(str(values[1]))
    except ValueError:
        raise InvalidInputError(
            "This cursor does not belong to this list.", field="after"
        ) from None
