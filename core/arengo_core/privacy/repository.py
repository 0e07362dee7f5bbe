"""Queries on personal data, by what the tables declare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, LargeBinary, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.privacy.declaration import Personal, Retention

_SECRETS = frozenset({"password_hash", "secret", "recovery_digests"})


def _theirs(table: Table, personal: Personal, user_id: UUID, email: str) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if personal.by_user:
        found.append(table.c[personal.by_user] == user_id)
    if personal.by_email:
        found.append(func.lower(table.c[personal.by_email]) == email.lower())
    first, *rest = found
    for other in rest:
        first = first | other
    return first


async def rows_of(
    session: AsyncSession, table: Table, personal: Personal, user_id: UUID, email: str
) -> Sequence[dict[str, Any]]:
    """What a table holds of a person, but for secrets and digests."""
    hidden = {c.name for c in table.columns if isinstance(c.type, LargeBinary)} | _SECRETS
    shown = [column for column in table.columns if column.name not in hidden]
    statement = select(*shown).where(_theirs(table, personal, user_id, email))
    rows = await session.execute(statement)
    return [dict(row._mapping) for row in rows]  # pyright: ignore[reportPrivateUsage]


async def count_of(
    session: AsyncSession, table: Table, personal: Personal, user_id: UUID, email: str
) -> int:
    """How many rows of a table are a person's."""
    statement = (
        select(func.count()).select_from(table).where(_theirs(table, personal, user_id, email))
    )
    return await session.scalar(statement) or 0


async def remove_of(
    session: AsyncSession, table: Table, personal: Personal, user_id: UUID, email: str
) -> int:
    """Delete a person's rows; how many."""
    done = await session.execute(delete(table).where(_theirs(table, personal, user_id, email)))
    return cast(CursorResult[Any], done).rowcount


async def blank_of(
    session: AsyncSession, table: Table, personal: Personal, user_id: UUID, email: str
) -> int:
    """Empty the personal columns of a person's rows; how many."""
    empty = dict.fromkeys(personal.columns, "")
    statement = update(table).where(_theirs(table, personal, user_id, email)).values(empty)
    return cast(CursorResult[Any], await session.execute(statement)).rowcount


async def remove_older(
    session: AsyncSession, table: Table, retention: Retention, now: datetime
) -> int:
    """Delete the rows whose time is over; how many."""
    statement = delete(table).where(table.c[retention.since] < now - retention.life)
    return cast(CursorResult[Any], await session.execute(statement)).rowcount
