"""Queries on personal data, by what the tables declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    LargeBinary,
    Table,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.privacy.declaration import PERSONAL, Personal, Retention

_SECRETS = frozenset({"password_hash", "secret", "recovery_digests"})


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose rows are looked for; ``secret`` keys the digests of addresses.

    ``user_id`` is None for somebody without an account, whom the address alone finds.
    """

    user_id: UUID | None
    email: str
    secret: bytes


def _theirs(table: Table, personal: Personal, whom: Whom) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = []
    if personal.by_user and whom.user_id is not None:
        found.append(table.c[personal.by_user] == whom.user_id)
    if personal.by_email:
        found.append(func.lower(table.c[personal.by_email]) == whom.email.lower())
    if personal.by_digest:
        column = table.c[personal.by_digest.column]
        found.append(column == personal.by_digest.value(whom.secret, whom.email))
    return or_(false(), *found)


async def tenants_of(
    session: AsyncSession, table: Table, personal: Personal, whom: Whom
) -> Sequence[UUID]:
    """The tenants of a table's rows that are no organizations, among which a person's are."""
    if not personal.tenants:
        return ()
    name, _, column = personal.tenants.partition(".")
    holder = table.metadata.tables[f"{table.schema}.{name}"]
    statement = select(holder.c[column])
    declared: Personal | None = holder.info.get(PERSONAL)
    if declared is not None and declared.finders:
        statement = statement.where(_theirs(holder, declared, whom))
    return (await session.execute(statement)).scalars().all()


async def rows_of(
    session: AsyncSession, table: Table, personal: Personal, whom: Whom
) -> Sequence[dict[str, Any]]:
    """What a table holds of a person, but for secrets and digests."""
    hidden = {c.name for c in table.columns if isinstance(c.type, LargeBinary)} | _SECRETS
    shown = [column for column in table.columns if column.name not in hidden]
    statement = select(*shown).where(_theirs(table, personal, whom))
    rows = await session.execute(statement)
    return [dict(row._mapping) for row in rows]  # pyright: ignore[reportPrivateUsage]


async def count_of(session: AsyncSession, table: Table, personal: Personal, whom: Whom) -> int:
    """How many rows of a table are a person's."""
    statement = select(func.count()).select_from(table).where(_theirs(table, personal, whom))
    return await session.scalar(statement) or 0


async def organizations_of(
    session: AsyncSession, table: Table, personal: Personal, whom: Whom
) -> dict[UUID, int]:
    """How many rows of a person each organization's part of a table holds."""
    name = "consortium_id" if personal.tenants else "organization_id"
    if name not in table.c:
        return {}
    place = table.c[name]
    statement = select(place, func.count()).where(_theirs(table, personal, whom)).group_by(place)
    rows = await session.execute(statement)
    return {found: count for found, count in rows if found is not None}


async def remove_of(session: AsyncSession, table: Table, personal: Personal, whom: Whom) -> int:
    """Delete a person's rows; how many."""
    done = await session.execute(delete(table).where(_theirs(table, personal, whom)))
    return cast(CursorResult[Any], done).rowcount


async def blank_of(session: AsyncSession, table: Table, personal: Personal, whom: Whom) -> int:
    """Empty the personal columns of a person's rows; how many."""
    empty = dict.fromkeys(personal.columns, "")
    statement = update(table).where(_theirs(table, personal, whom)).values(empty)
    return cast(CursorResult[Any], await session.execute(statement)).rowcount


async def remove_older(
    session: AsyncSession, table: Table, retention: Retention, now: datetime
) -> int:
    """Delete the rows whose time is over; how many."""
    statement = delete(table).where(table.c[retention.since] < now - retention.life)
    return cast(CursorResult[Any], await session.execute(statement)).rowcount
