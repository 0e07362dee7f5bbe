"""Writing every stored secret under the newest master key."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg
from sqlalchemy import Column, Table

from arengo_core.database.migrate import MigrationHistory
from arengo_core.secrets import SEALED, Cipher

_BATCH = 500


def sealed_columns(histories: Iterable[MigrationHistory]) -> list[Column[bytes]]:
    """Every column that holds what the cipher wrote, of core, marketplace and plugins."""
    return [
        column
        for history in histories
        for table in history.metadata.sorted_tables
        for column in table.columns
        if column.info.get(SEALED)
    ]


async def rotate(
    owner_url: str, histories: Iterable[MigrationHistory], cipher: Cipher
) -> dict[str, tuple[int, int]]:
    """Renew all envelopes: for each column how many were renewed, and how many there are.

    In short transactions: it may be run while the program serves, and again when it was cut off.
    SettingsError when an envelope opens under none of the keys; what was renewed before stays.
    """
    counts: dict[str, tuple[int, int]] = {}
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("select set_config('arengo.maintenance', 'on', false)")
        for column in sealed_columns(histories):
            table = column.table.fullname
            if await connection.fetchval("select to_regclass($1)", table):
                counts[f"{table}.{column.name}"] = await _renew(connection, column, cipher)
    finally:
        await connection.close()
    return counts


async def _renew(
    connection: asyncpg.Connection, column: Column[bytes], cipher: Cipher
) -> tuple[int, int]:
    renewed = seen = 0
    keys = _key_of(column.table)
    listed, name = ", ".join(keys), column.name
    where = " and ".join(f"{key} = ${place}" for place, key in enumerate(keys, 2))
    batch = (
        f"select {listed}, {name} from {column.table.fullname}"  # noqa: S608 - names of our models
        f" where {name} is not null{{after}} order by {listed} limit {_BATCH} for update"
    )
    change = f"update {column.table.fullname} set {name} = $1 where {where}"  # noqa: S608
    places = ", ".join(f"${place}" for place in range(1, len(keys) + 1))
    going_on = batch.format(after=f" and ({listed}) > ({places})")
    last: tuple[object, ...] = ()
    while True:
        async with connection.transaction():
            rows = await connection.fetch(going_on if last else batch.format(after=""), *last)
            for row in rows:
                envelope = cipher.renewed(row[name])
                if envelope is not None:
                    await connection.execute(change, envelope, *tuple(row.values())[:-1])
                    renewed += 1
        seen += len(rows)
        if len(rows) < _BATCH:
            return renewed, seen
        last = tuple(rows[-1].values())[:-1]


def _key_of(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]
