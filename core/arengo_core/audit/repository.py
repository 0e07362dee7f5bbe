"""Queries of the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.audit.models import AuditEntry, AuditSeal


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries are asked for; what is None asks for all. ``until`` is not included."""

    actor_id: UUID | None = None
    by_program: bool = False
    action: str | None = None
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


_ALL = Search()


def _conditions(search: Search) -> Iterator[ColumnElement[bool]]:
    if search.actor_id is not None:
        yield AuditEntry.actor_id == search.actor_id
    if search.by_program:
        yield AuditEntry.actor_id.is_(None)
        yield AuditEntry.origin.is_distinct_from("plugin")
    if search.action is not None:
        yield AuditEntry.action == search.action
    if search.object_id is not None:
        yield AuditEntry.object_id == search.object_id
    if search.since is not None:
        yield AuditEntry.at >= search.since
    if search.until is not None:
        yield AuditEntry.at < search.until


async def entries(
    session: AsyncSession,
    organization_id: UUID,
    *,
    before: UUID | None,
    limit: int,
    search: Search = _ALL,
) -> Sequence[AuditEntry]:
    """An organization's entries that fit, newest first, from before an entry."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.organization_id == organization_id, *_conditions(search))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return (await session.execute(statement)).scalars().all()


# One look into the index for each value that there is, however long the log.
_DISTINCT = """
with recursive found as (
  (select {column} as value from core.audit_entry
   where organization_id = :place and {column} is not null order by {column} limit 1)
  union all
  select (select {column} from core.audit_entry
          where organization_id = :place and {column} > found.value order by {column} limit 1)
  from found where found.value is not null
)
select value from found where value is not null
"""
_ACTORS = text(_DISTINCT.format(column="actor_id"))
_ACTIONS = text(_DISTINCT.format(column="action"))


async def actors_in(session: AsyncSession, organization_id: UUID) -> Sequence[UUID]:
    """Everybody who ever did something in an organization."""
    return (await session.execute(_ACTORS, {"place": organization_id})).scalars().all()


async def actions_in(session: AsyncSession, organization_id: UUID) -> Sequence[str]:
    """Every kind of act that an organization's log holds."""
    return (await session.execute(_ACTIONS, {"place": organization_id})).scalars().all()


async def unsealed(
    session: AsyncSession,
    organization_id: UUID,
    *,
    after: UUID | None,
    until: datetime,
    limit: int,
) -> Sequence[AuditEntry]:
    """The oldest entries from after one, noted before a moment."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.organization_id == organization_id, AuditEntry.at < until)
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(AuditEntry.id > after)
    return (await session.execute(statement)).scalars().all()


async def last_seal(session: AsyncSession, organization_id: UUID) -> AuditSeal | None:
    """The latest link of an organization's chain."""
    statement = (
        select(AuditSeal)
        .where(AuditSeal.organization_id == organization_id)
        .order_by(AuditSeal.number.desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def next_seal(session: AsyncSession, organization_id: UUID, after: int) -> AuditSeal | None:
    """The chain's first link past a number."""
    statement = (
        select(AuditSeal)
        .where(AuditSeal.organization_id == organization_id, AuditSeal.number > after)
        .order_by(AuditSeal.number)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def entries_by_id(
    session: AsyncSession, organization_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, AuditEntry]:
    """Those of an organization's entries that are there."""
    statement = select(AuditEntry).where(
        AuditEntry.organization_id == organization_id, AuditEntry.id.in_(ids)
    )
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def outside_every_seal(
    session: AsyncSession, organization_id: UUID, until: datetime
) -> Sequence[UUID]:
    """Entries in no batch that are older than the chain's end, or than a moment."""
    of_chain = AuditSeal.organization_id == organization_id
    sealed = select(func.unnest(AuditSeal.entry_ids)).where(of_chain)
    end = (
        select(AuditSeal.last_entry_id)
        .where(of_chain)
        .order_by(AuditSeal.last_entry_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    is_due: ColumnElement[bool] = or_(AuditEntry.at < until, AuditEntry.id <= end)
    statement = (
        select(AuditEntry.id)
        .where(AuditEntry.organization_id == organization_id, is_due, AuditEntry.id.not_in(sealed))
        .order_by(AuditEntry.id)
    )
    return (await session.execute(statement)).scalars().all()
