"""Queries on usage."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    Date,
    Uuid,
    column,
    delete,
    func,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy import values as row_values
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.organizations.models import Organization
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.models import Membership
from arengo_marketplace.metering.counting import Counted
from arengo_marketplace.metering.digests import (
    canonical_row,
    instant_text,
    place_text,
    units_text,
)
from arengo_marketplace.metering.models import (
    UnfoldedDay,
    UsageAddition,
    UsageBatch,
    UsageDay,
    UsageKey,
    UsageRecord,
)

_STREAMED = 10_000
_STORED = text(
    """
    select k.digest, r.organization_id, r.meter, r.quantity, r.occurred_at, r.consortium_id,
        r.counted_on
    from unnest(cast(:digests as bytea[]), cast(:members as uuid[])) as given (digest, member)
    join marketplace.usage_key k on k.digest = given.digest
    join marketplace.usage_record r on r.organization_id = given.member
        and r.counted_on = k.counted_on and r.id = k.record_id
    """
)
_HOLD = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
_FOLD_LOCK = text("select pg_advisory_xact_lock(hashtextextended('marketplace.fold_usage', 0))")
_DAYS = union_all(
    *(
        select(
            model.organization_id,
            model.consortium_id,
            model.meter,
            model.day,
            model.through_seat,
            model.quantity,
            model.records,
        )
        for model in (UsageDay, UsageAddition)
    )
).subquery("days")
"""The sums of the records by member, meter and day: what is folded, and what is yet to be."""


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


async def memberships_in(
    session: AsyncSession, consortium_id: UUID
) -> Sequence[tuple[Membership, str | None]]:
    """All memberships that a consortium had, the latest begun first, with ISTAT codes."""
    statement = (
        select(Membership, Organization.istat_code)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.consortium_id == consortium_id)
        .order_by(Membership.starts_on.desc(), Membership.id.desc())
    )
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def hold_source(session: AsyncSession, consortium_id: UUID, source: str) -> None:
    """Until the end of this transaction nobody else takes in a batch of the source."""
    name = f"marketplace.usage.{consortium_id}.{source}"
    await session.execute(_HOLD, {"name": name})


async def stored(session: AsyncSession, readings: Iterable[Counted]) -> dict[bytes, Counted]:
    """What is stored under the keys of readings, where it counts for the same member."""
    given = [(one.digest, one.organization_id) for one in readings]
    digests, members = zip(*given, strict=True)
    rows = await session.execute(_STORED, {"digests": digests, "members": members})
    return {
        bytes(digest): Counted(
            bytes(digest), member, meter, quantity, occurred_at, consortium_id, None, counted_on
        )
        for digest, member, meter, quantity, occurred_at, consortium_id, counted_on in rows.all()
    }


async def record_of_key(
    session: AsyncSession, digest: bytes, consortium_id: UUID
) -> UsageRecord | None:
    """The record of a consortium's that a key stands for."""
    statement = (
        select(UsageRecord)
        .join(
            UsageKey,
            (UsageKey.record_id == UsageRecord.id)
            & (UsageKey.counted_on == UsageRecord.counted_on),
        )
        .where(UsageKey.digest == digest, UsageRecord.consortium_id == consortium_id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def record_beside(
    session: AsyncSession, record: UsageRecord, record_id: UUID
) -> UsageRecord | None:
    """A record of the same consortium, meter and day."""
    statement = select(UsageRecord).where(
        UsageRecord.consortium_id == record.consortium_id,
        UsageRecord.counted_on == record.counted_on,
        UsageRecord.meter == record.meter,
        UsageRecord.id == record_id,
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def batches(
    session: AsyncSession,
    consortium_id: UUID,
    after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> Sequence[UsageBatch]:
    """Batches, those of the latest month first, in it the latest."""
    statement = select(UsageBatch).where(UsageBatch.organization_id == consortium_id)
    order = (UsageBatch.starts_on, UsageBatch.id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(*after))
    statement = statement.order_by(*(part.desc() for part in order)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def batches_of_month(
    session: AsyncSession, consortium_id: UUID, starts_on: date
) -> Sequence[UsageBatch]:
    """The batches whose records count in a month, by id."""
    statement = select(UsageBatch).where(
        UsageBatch.organization_id == consortium_id, UsageBatch.starts_on == starts_on
    )
    return (await session.execute(statement.order_by(UsageBatch.id))).scalars().all()


async def canonical_rows(
    session: AsyncSession, consortium_id: UUID, period: Period
) -> AsyncIterator[tuple[UUID | None, str]]:
    """A period's records as canonical rows with their batches, by batch, in it by id; streamed."""
    statement = (
        select(
            UsageRecord.batch_id,
            UsageRecord.id,
            UsageRecord.organization_id,
            UsageRecord.meter,
            UsageRecord.counted_on,
            UsageRecord.through_seat,
            UsageRecord.quantity,
            UsageRecord.occurred_at,
        )
        .where(
            UsageRecord.consortium_id == consortium_id,
            UsageRecord.counted_on >= period.start,
            UsageRecord.counted_on < period.end,
        )
        .order_by(UsageRecord.batch_id, UsageRecord.id)
        .execution_options(yield_per=_STREAMED)
    )
    async for batch, record, member, meter, day, through_seat, units, at in await session.stream(
        statement
    ):
        place = place_text(member, meter, day, through_seat)
        yield batch, canonical_row(record.hex, place, units_text(units), instant_text(at))


async def of_period(
    session: AsyncSession, consortium_id: UUID, period: Period, meters: Collection[str]
) -> dict[str, dict[UUID, Decimal]]:
    """Units by meter and member: the exact sums of the records."""
    statement = (
        select(_DAYS.c.meter, _DAYS.c.organization_id, func.sum(_DAYS.c.quantity))
        .where(
            _DAYS.c.consortium_id == consortium_id,
            _DAYS.c.day >= period.start,
            _DAYS.c.day < period.end,
            _DAYS.c.meter.in_(meters),
        )
        .group_by(_DAYS.c.meter, _DAYS.c.organization_id)
    )
    usage: dict[str, dict[UUID, Decimal]] = {meter: {} for meter in meters}
    for meter, member, quantity in (await session.execute(statement)).all():
        usage[meter][member] = quantity
    return usage


async def late(session: AsyncSession, consortium_id: UUID, period: Period) -> dict[str, Decimal]:
    """Units by meter of a period's records that occurred before it: they count on its first day."""
    statement = (
        select(UsageRecord.meter, func.sum(UsageRecord.quantity))
        .where(
            UsageRecord.consortium_id == consortium_id,
            UsageRecord.counted_on == period.start,
            UsageRecord.occurred_at < period.bounds[0],
        )
        .group_by(UsageRecord.meter)
    )
    rows = (await session.execute(statement)).all()
    return {row[0]: row[1] for row in rows}


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
    """Members' units and number of records of each meter in a period."""
    statement = (
        select(
            _DAYS.c.organization_id,
            _DAYS.c.meter,
            func.sum(_DAYS.c.quantity),
            func.sum(_DAYS.c.records),
        )
        .where(
            _DAYS.c.organization_id.in_(organization_ids),
            _DAYS.c.day >= period.start,
            _DAYS.c.day < period.end,
        )
        .group_by(_DAYS.c.organization_id, _DAYS.c.meter)
    )
    rows = (await session.execute(statement)).all()
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


async def by_month(
    session: AsyncSession, organization_ids: Collection[UUID], period: Period
) -> Sequence[tuple[UUID, str, date, Decimal]]:
    """Units of members by meter and month."""
    month = func.date_trunc("month", _DAYS.c.day).cast(Date)
    statement = (
        select(_DAYS.c.organization_id, _DAYS.c.meter, month, func.sum(_DAYS.c.quantity))
        .where(
            _DAYS.c.organization_id.in_(organization_ids),
            _DAYS.c.day >= period.start,
            _DAYS.c.day < period.end,
        )
        .group_by(_DAYS.c.organization_id, _DAYS.c.meter, month)
    )
    return [(row[0], row[1], row[2], row[3]) for row in (await session.execute(statement)).all()]


async def consortium_by_month(
    session: AsyncSession, consortium_id: UUID, period: Period
) -> Sequence[tuple[str, date, Decimal]]:
    """Units of a consortium by meter and month, each unit once."""
    month = func.date_trunc("month", _DAYS.c.day).cast(Date)
    statement = (
        select(_DAYS.c.meter, month, func.sum(_DAYS.c.quantity))
        .where(
            _DAYS.c.consortium_id == consortium_id,
            _DAYS.c.day >= period.start,
            _DAYS.c.day < period.end,
            _DAYS.c.through_seat.is_(False),
        )
        .group_by(_DAYS.c.meter, month)
        .order_by(_DAYS.c.meter, month)
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
    """Move what was added to members' days into them."""
    wanted = row_values(column("member", Uuid), column("day", Date), name="wanted").data(
        sorted(days)
    )
    taken = (
        delete(UsageAddition)
        .where(UsageAddition.organization_id == wanted.c.member, UsageAddition.day == wanted.c.day)
        .returning(*UsageAddition.__table__.columns)
        .cte("taken")
    )
    names = ["organization_id", "consortium_id", "meter", "day", "through_seat"]
    place = [taken.c[name] for name in names]
    summed = select(*place, func.sum(taken.c.quantity), func.sum(taken.c.records))
    statement = upsert(UsageDay).from_select(
        [*names, "quantity", "records"], summed.group_by(*place)
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=names,
            set_={
                "quantity": UsageDay.quantity + statement.excluded.quantity,
                "records": UsageDay.records + statement.excluded.records,
            },
        )
    )


async def make_months(session: AsyncSession, first: date, count: int) -> None:
    """Make the partitions of months ahead, by the owner's function."""
    await session.execute(
        text("select marketplace.make_usage_months(:first, :count)"),
        {"first": first, "count": count},
    )
