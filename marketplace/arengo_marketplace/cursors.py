"""Cursors of lists that are ordered by day or instant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from arengo_core.api.connection import decode_cursor, encode_cursor
from arengo_core.errors import InvalidInputError


def cursor_at(when: date | datetime, row_id: UUID) -> str:
    """Where a row stands in its list."""
    return encode_cursor(when.isoformat(), str(row_id))


def _parts(cursor: str | None) -> tuple[str, UUID] | None:
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return str(values[0]), UUID(str(values[1]))
    except ValueError:
        raise _foreign() from None


def day_and_id(cursor: str | None) -> tuple[date, UUID] | None:
    """What a cursor of a list by day says. InvalidInputError where it is of another list."""
    parts = _parts(cursor)
    try:
        return (date.fromisoformat(parts[0]), parts[1]) if parts else None
    except ValueError:
        raise _foreign() from None


def instant_and_id(cursor: str | None) -> tuple[datetime, UUID] | None:
    """What a cursor of a list by instant says. InvalidInputError where it is of another list."""
    parts = _parts(cursor)
    try:
        return (datetime.fromisoformat(parts[0]), parts[1]) if parts else None
    except ValueError:
        raise _foreign() from None


def _foreign() -> InvalidInputError:
    return InvalidInputError("This cursor does not belong to this list.", field="after")
