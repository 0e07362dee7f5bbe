"""Writing usage: keys, records and what they add to days, many rows in a statement.

Columns come as the text of arrays: PostgreSQL reads them many times as quickly as Python writes one
value after the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.ids import new_id

Place: TypeAlias = tuple[str, str, str, str, str, str]
"""Where records count: organization, consortium, meter, day, through seat, batch; ids in hex."""


@dataclass(slots=True)
class Records:
    """Records to write, a list for each column: few objects, which Python need not look through.

    Ids are hexadecimal digits, units and instants as canonical rows have them.
    """

    places: list[Place] = field(default_factory=list[Place])
    ids: list[str] = field(default_factory=list[str])
    units: list[str] = field(default_factory=list[str])
    instants: list[str] = field(default_factory=list[str])


Addition: TypeAlias = tuple[UUID, UUID, str, date, bool, Decimal, int]
"""To a day: organization, consortium, meter, day, through seat, units, records."""
_NEW_KEYS = text(
    """
    insert into marketplace.usage_key (digest, record_id, counted_on)
    select substring(cast(:digests as bytea) from (32 * place - 31)::integer for 32), record, day
    from unnest(cast(cast(:records as text) as uuid[]), cast(cast(:days as text) as date[]))
        with ordinality as given (record, day, place)
    on conflict do nothing
    """
)
_CLAIMED = text(
    """
    select k.digest from unnest(cast(:digests as bytea[]), cast(cast(:records as text) as uuid[]))
        as given (digest, record)
    join marketplace.usage_key k on k.digest = given.digest and k.record_id = given.record
    """
)
_NEW_RECORDS = text(
    """
    insert into marketplace.usage_record (organization_id, consortium_id, meter, counted_on,
        through_seat, batch_id, id, quantity, occurred_at, recorded_at)
    select *, cast(:at as timestamptz) from unnest(cast(cast(:a as text) as uuid[]),
        cast(cast(:b as text) as uuid[]), cast(:c as text[]), cast(cast(:d as text) as date[]),
        cast(cast(:e as text) as boolean[]), cast(cast(:f as text) as uuid[]),
        cast(cast(:g as text) as uuid[]), cast(cast(:h as text) as numeric[]),
        cast(cast(:i as text) as timestamptz[])) as given (member, consortium, meter, day)
    order by member, day
    """
)
_NEW_ADDITIONS = text(
    """
    insert into marketplace.usage_addition (organization_id, consortium_id, meter, day,
        through_seat, quantity, records, id)
    select * from unnest(cast(cast(:a as text) as uuid[]), cast(cast(:b as text) as uuid[]),
        cast(:c as text[]), cast(cast(:d as text) as date[]), cast(cast(:e as text) as boolean[]),
        cast(cast(:f as text) as numeric[]), cast(cast(:g as text) as bigint[]),
        cast(cast(:h as text) as uuid[]))
    """
)
_UNFOLDED = text(
    """
    insert into marketplace.usage_unfolded_day (id, organization_id, day)
    select * from unnest(cast(cast(:ids as text) as uuid[]),
        cast(cast(:members as text) as uuid[]), cast(cast(:days as text) as date[]))
    """
)


async def claim(
    session: AsyncSession, digests: Sequence[bytes], ids: Sequence[str], days: Sequence[date]
) -> set[bytes]:
    """Claim digests for records of days; those that nobody had claimed before."""
    order = sorted(range(len(digests)), key=digests.__getitem__)
    given = {"records": _array(ids[at] for at in order)}
    made = await session.execute(
        _NEW_KEYS,
        {
            **given,
            "digests": b"".join([digests[at] for at in order]),
            "days": _array(str(days[at]) for at in order),
        },
    )
    if cast("CursorResult[Any]", made).rowcount == len(digests):
        return set(digests)
    rows = await session.execute(_CLAIMED, {**given, "digests": [digests[at] for at in order]})
    return {bytes(digest) for digest in rows.scalars()}


async def store(session: AsyncSession, at: datetime, rows: Records) -> None:
    """Write records, those of a member's day together."""
    organizations, consortia, meters, days, seats, batches = zip(*rows.places, strict=True)
    await session.execute(
        _NEW_RECORDS,
        {
            "at": at,
            "a": _array(organizations),
            "b": _array(consortia),
            "c": meters,
            "d": _array(days),
            "e": _array(seats),
            "f": _array(batches),
            "g": _array(rows.ids),
            "h": _array(rows.units),
            "i": _array(rows.instants),
        },
    )


async def add_up(session: AsyncSession, additions: Collection[Addition]) -> None:
    """Note what members' days grow by, and that it is to be folded."""
    organizations, consortia, meters, days, seats, units, counts = zip(*additions, strict=True)
    await session.execute(
        _NEW_ADDITIONS,
        {
            "a": _array(one.hex for one in organizations),
            "b": _array(one.hex for one in consortia),
            "c": meters,
            "d": _array(map(str, days)),
            "e": _array(map(str, seats)),
            "f": _array(map(str, units)),
            "g": _array(map(str, counts)),
            "h": _array(_ids(len(additions))),
        },
    )
    waiting = sorted({(addition[0].hex, str(addition[3])) for addition in additions})
    members, on = zip(*waiting, strict=True)
    values = {"ids": _array(_ids(len(waiting))), "members": _array(members), "days": _array(on)}
    await session.execute(_UNFOLDED, values)


def _array(items: Iterable[str]) -> str:
    """An array as PostgreSQL reads it, of items that need no quotes."""
    return "{" + ",".join(items) + "}"


def _ids(count: int) -> Iterator[str]:
    """New ids, one after the other."""
    first = new_id().int
    return (f"{number:032x}" for number in range(first, first + count))
