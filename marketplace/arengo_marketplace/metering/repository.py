"""Queries on usage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, column, delete, func, insert, select, text, tuple_
from sqlalchemy import values as row_values
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.models import Membership
from arengo_marketplace.metering.models import UnfoldedDay, UsageDay, UsageRecord

_NEW_KEYS = text(
    "insert into marketplace.usage_key (digest)"
    " select unnest(cast(:digests as bytea[])) on conflict do nothing returning digest"
)
_FOLD_LOCK = text("select pg_advisory_xact_lock(hashtextextended('marketplace.fold_usage', 0))")


async def memberships(
    session: AsyncSession, organization_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Membership]]:
    """Memberships of organizations in scope, the latest begun first."""
    statement = (
        select(Membership)
        .where(Membership.organization_id.in_(organization_ids))
        .order_by(Membership.starts_on.desc(), Membership.id.desc())
    )
    found: dict[UUID, list[Membership]] = {}
    for row in (await session.execute(statement)).scalars():
        found.setdefault(row.organization_id, []).append(row)
    return found


async def claim(session: AsyncSession, digests: Iterable[bytes]) -> set[bytes]:
    """Those digests that nobody had claimed before."""
    rows = await session.execute(_NEW_KEYS, {"digests": sorted(digests)})
    return {bytes(digest) for digest in rows.scalars()}


async def store(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write records, and note that their days are to be folded."""
    await session.execute(insert(UsageRecord), list(rows))
    days = {(row["organization_id"], row["counted_on"]) for row in rows}
    await session.execute(
        insert(UnfoldedDay), [{"organization_id": member, "day": day} for member, day in days]
    )


async def of_period(
    session: AsyncSession, consortium_id: UUID, period: Period, meters: Collection[str]
) -> dict[str, dict[UUID, Decimal]]:
    """Units by meter and member, from the records."""
    statement = (
        select(UsageRecord.meter, UsageRecord.organization_id, func.sum(UsageRecord.quantity))
        .where(
            UsageRecord.consortium_id == consortium_id,
            UsageRecord.counted_on >= period.start,
            UsageRecord.counted_on < period.end,
            UsageRecord.meter.in_(meters),
        )
        .group_by(UsageRecord.meter, UsageRecord.organization_id)
    )
    usage: dict[str, dict[UUID, Decimal]] = {meter: {} for meter in meters}
    for meter, member, quantity in (await session.execute(statement)).all():
        usage[meter][member] = quantity
    return usage


async def records(
    session: AsyncSession,
    organization_id: UUID,
    meter: str,
    period: Period,
    after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[UsageRecord]:
    """A member's records of a meter in a period, oldest first."""
    statement = select(UsageRecord).where(
        UsageRecord.organization_id == organization_id,
        UsageRecord.meter == meter,
        UsageRecord.counted_on >= period.start,
        UsageRecord.counted_on < period.end,
    )
    order = (UsageRecord.counted_on, UsageRecord.id)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return (await session.execute(statement.order_by(*order).limit(limit))).scalars().all()


async def sums(
    session: AsyncSession, organization_ids: Collection[UUID], period: Period
) -> Sequence[tuple[UUID, str, Decimal, int]]:
    """Members' units and number of records of each meter in a period, from the records."""
    statement = (
        select(
            UsageRecord.organization_id,
            UsageRecord.meter,
            func.sum(UsageRecord.quantity),
            func.count(),
        )
        .where(
            UsageRecord.organization_id.in_(organization_ids),
            UsageRecord.counted_on >= period.start,
            UsageRecord.counted_on < period.end,
        )
        .group_by(UsageRecord.organization_id, UsageRecord.meter)
    )
    rows = (await session.execute(statement)).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def by_month(
    session: AsyncSession, organization_ids: Collection[UUID], period: Period
) -> Sequence[tuple[UUID, str, date, Decimal]]:
    """Units of members by meter and month, from the folded days."""
    month = func.date_trunc("month", UsageDay.day).cast(Date)
    statement = (
        select(UsageDay.organization_id, UsageDay.meter, month, func.sum(UsageDay.quantity))
        .where(
            UsageDay.organization_id.in_(organization_ids),
            UsageDay.day >= period.start,
            UsageDay.day < period.end,
        )
        .group_by(UsageDay.organization_id, UsageDay.meter, month)
    )
    return [(row[0], row[1], row[2], row[3]) for row in (await session.execute(statement)).all()]


async def consortium_by_month(
    session: AsyncSession, consortium_id: UUID, period: Period
) -> Sequence[tuple[str, date, Decimal]]:
    """Units of a consortium by meter and month, each unit once, from the folded days."""
    month = func.date_trunc("month", UsageDay.day).cast(Date)
    statement = (
        select(UsageDay.meter, month, func.sum(UsageDay.quantity))
        .where(
            UsageDay.consortium_id == consortium_id,
            UsageDay.day >= period.start,
            UsageDay.day < period.end,
            UsageDay.through_seat.is_(False),
        )
        .group_by(UsageDay.meter, month)
        .order_by(UsageDay.meter, month)
    )
    return [(row[0], row[1], row[2]) for row in (await session.execute(statement)).all()]


async def take_unfolded(session: AsyncSession, limit: int) -> set[tuple[UUID, date]]:
    """Take members' days off the queue; only one transaction at a time folds."""
    await session.execute(_FOLD_LOCK)
    waiting = select(UnfoldedDay.id).order_by(UnfoldedDay.id).limit(limit).scalar_subquery()
    rows = await session.execute(
        delete(UnfoldedDay)
        .where(UnfoldedDay.id.in_(waiting))
        .returning(UnfoldedDay.organization_id, UnfoldedDay.day)
    )
    return {(row[0], row[1]) for row in rows.all()}


async def fold(session: AsyncSession, days: Collection[tuple[UUID, date]]) -> None:
    """Sum the records of members' days anew into the rollup."""
    wanted = row_values(column("member", Uuid), column("day", Date), name="wanted").data(
        sorted(days)
    )
    summed = (
        select(
            UsageRecord.organization_id,
            UsageRecord.meter,
            UsageRecord.counted_on,
            UsageRecord.through_seat,
            UsageRecord.consortium_id,
            func.sum(UsageRecord.quantity),
        )
        .join(
            wanted,
            (wanted.c.member == UsageRecord.organization_id)
            & (wanted.c.day == UsageRecord.counted_on),
        )
        .group_by(
            UsageRecord.organization_id,
            UsageRecord.meter,
            UsageRecord.counted_on,
            UsageRecord.through_seat,
            UsageRecord.consortium_id,
        )
    )
    statement = upsert(UsageDay).from_select(
        ["organization_id", "meter", "day", "through_seat", "consortium_id", "quantity"], summed
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "meter", "day", "through_seat"],
            set_={"quantity": statement.excluded.quantity},
        )
    )


async def make_months(session: AsyncSession, first: date, count: int) -> None:
    """Make the partitions of months ahead, by the owner's function."""
    await session.execute(
        text("select marketplace.make_usage_months(:first, :count)"),
        {"first": first, "count": count},
    )
