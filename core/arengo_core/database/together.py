"""Writing many rows of a table in one statement, which reads the scope once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    ColumnDefault,
    Insert,
    Table,
    Text,
    bindparam,
    func,
    insert,
    inspect,
    literal_column,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession


async def write_together(session: AsyncSession, rows: Sequence[object]) -> None:
    """Insert new objects of one model, which the session need not know after.

    A flush sends each row as a statement of its own, and policies read the scope for each. What a
    column is by default is set on the objects.
    """
    if not rows:
        return
    statement, columns = _insert(type(rows[0]))
    documents = [dict(_values(row, columns)) for row in rows]
    await session.execute(statement, {"rows": msgspec.json.encode(documents).decode()})


@lru_cache(maxsize=64)
def _insert(model: type) -> tuple[Insert, Mapping[str, Column[Any]]]:
    """The statement for a model, and its columns by attribute."""
    mapper = inspect(model)
    table = cast("Table", mapper.local_table)
    row_type = literal_column(f"null::{table.fullname}")
    given = sql_cast(bindparam("rows", type_=Text), JSON)
    source = func.json_populate_recordset(row_type, given).table_valued(*table.columns.keys())
    columns = {mapper.get_property_by_column(one).key: one for one in table.columns}
    return insert(table).from_select(table.columns.keys(), select(*source.c)), columns


def _values(row: object, columns: Mapping[str, Column[Any]]) -> Iterator[tuple[str, Any]]:
    for key, column in columns.items():
        value = getattr(row, key)
        if value is None and isinstance(column.default, ColumnDefault):
            default = column.default
            value = default.arg(cast("Any", None)) if default.is_callable else default.arg
            setattr(row, key, value)
        yield column.name, value
