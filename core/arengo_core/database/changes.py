"""What a unit of work changes, before and after, for the entries of the log.

The log is never changed and outlives the people in it, so it keeps figures, days, ids and
states, and of other texts only that they were changed. Public tables hold nothing private:
theirs are kept.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table, inspect
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from arengo_core.database.base import TableClass

Change = list[Any] | None
"""``[before, after]``; None where only that it changed is kept."""

PLAIN_TEXTS = frozenset({"state", "kind", "role", "currency", "locale", "theme", "service"})
_SKIPPED = frozenset({"id", "organization_id", "consortium_id", "created_at", "updated_at"})
_LONGEST = 200


class Changes:
    """The changes of a unit of work so far, by the id of the object."""

    def __init__(self) -> None:
        self._found: dict[UUID, dict[str, Change]] = {}

    def collect(self, session: Session) -> None:
        """Note what a flush is about to write."""
        for row in (*session.dirty, *session.new):
            state: InstanceState[Any] = inspect(row)
            key = state.dict.get("id")
            if isinstance(key, UUID):
                self._note(key, state, is_new=state.key is None)

    def of(self, key: UUID | None) -> dict[str, Change] | None:
        """An object's changes by column, or None."""
        return self._found.get(key) if key is not None else None

    def _note(self, key: UUID, state: InstanceState[Any], *, is_new: bool) -> None:
        table = state.mapper.local_table
        is_public = isinstance(table, Table) and _is_public(table)
        for column in state.mapper.column_attrs:
            name = column.key
            if name in _SKIPPED or name not in state.dict:
                continue
            if is_new:
                before, after = None, state.dict[name]
            else:
                history = state.get_history(name, passive=PASSIVE_NO_INITIALIZE)
                if not history.has_changes():
                    continue
                before = history.deleted[0] if history.deleted else None
                after = history.added[0] if history.added else None
            if before == after or (is_new and after in ("", False)):
                continue
            self._add(key, name, before, after, is_plain=is_public or name in PLAIN_TEXTS)

    def _add(self, key: UUID, name: str, before: object, after: object, *, is_plain: bool) -> None:
        noted = self._found.setdefault(key, {})
        first = noted[name] if name in noted else [_kept(before, is_plain), None]
        if first is None or not (_is_kept(before, is_plain) and _is_kept(after, is_plain)):
            noted[name] = None
        else:
            noted[name] = [first[0], _kept(after, is_plain)]


def _is_public(table: Table) -> bool:
    return (table.comment or "").split(";")[0] == TableClass.PUBLIC.value


def _is_kept(value: object, is_plain: bool) -> bool:
    match value:
        case None | bool() | int() | Decimal() | date() | UUID():
            return True
        case str():
            return is_plain and len(value) <= _LONGEST
        case _:
            return False


def _kept(value: object, is_plain: bool) -> Any:
    if not _is_kept(value, is_plain):
        return None
    match value:
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case _:
            return value
