"""Queries on parcels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_delivery.parcels.models import ParcelEvent, ParcelKey, ParcelRow


async def insert_parcel(session: AsyncSession, row: dict[str, Any]) -> UUID | None:
    """Store a parcel; None when its merchant order has one."""
    statement = (
        insert(ParcelRow)
        .values(row)
        .on_conflict_do_nothing(index_elements=["organization_id", "merchant_order_id"])
    )
    return (await session.execute(statement.returning(ParcelRow.id))).scalar_one_or_none()


async def of_order(
    session: AsyncSession, merchant_order_id: UUID, *, lock: bool = False
) -> ParcelRow | None:
    """The parcel of a merchant order in the scope."""
    statement = select(ParcelRow).where(ParcelRow.merchant_order_id == merchant_order_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def get(
    session: AsyncSession, parcel_id: UUID, *, merchant_id: UUID, lock: bool = False
) -> ParcelRow | None:
    """A merchant's parcel."""
    statement = select(ParcelRow).where(
        ParcelRow.organization_id == merchant_id, ParcelRow.id == parcel_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def in_consortium(
    session: AsyncSession, parcel_id: UUID, consortium_id: UUID
) -> ParcelRow | None:
    """A parcel of a consortium, for its officers."""
    statement = select(ParcelRow).where(
        ParcelRow.consortium_id == consortium_id, ParcelRow.id == parcel_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def page(
    session: AsyncSession,
    *,
    merchant_id: UUID | None = None,
    consortium_id: UUID | None = None,
    states: Collection[str] = (),
    size: int,
    after: UUID | None = None,
) -> Sequence[ParcelRow]:
    """Parcels of a merchant or a consortium, newest first; one more than asked."""
    statement = select(ParcelRow)
    if merchant_id is not None:
        statement = statement.where(ParcelRow.organization_id == merchant_id)
    if consortium_id is not None:
        statement = statement.where(ParcelRow.consortium_id == consortium_id)
    if states:
        statement = statement.where(ParcelRow.state.in_(list(states)))
    if after is not None:
        statement = statement.where(ParcelRow.id < after)
    statement = statement.order_by(ParcelRow.id.desc()).limit(size + 1)
    return (await session.execute(statement)).scalars().all()


async def has_any(session: AsyncSession, merchant_id: UUID) -> bool:
    """Whether a merchant ever had a parcel."""
    statement = select(ParcelRow.id).where(ParcelRow.organization_id == merchant_id).limit(1)
    return (await session.execute(statement)).first() is not None


async def events(
    session: AsyncSession, merchant_id: UUID, parcel_id: UUID
) -> Sequence[ParcelEvent]:
    """The steps of a parcel, newest first."""
    statement = (
        select(ParcelEvent)
        .where(ParcelEvent.organization_id == merchant_id, ParcelEvent.parcel_id == parcel_id)
        .order_by(ParcelEvent.occurred_at.desc(), ParcelEvent.id.desc())
    )
    return (await session.execute(statement)).scalars().all()


async def add_key(session: AsyncSession, **values: Any) -> bool:
    """Store a key; False when its digest is taken."""
    done = await session.execute(
        insert(ParcelKey)
        .values(values)
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(ParcelKey.parcel_id)
    )
    return done.first() is not None


async def key(session: AsyncSession, digest: bytes) -> ParcelKey | None:
    """What a code leads to."""
    statement = select(ParcelKey).where(ParcelKey.digest == digest)
    return (await session.execute(statement)).scalar_one_or_none()


async def label_key(session: AsyncSession, parcel_id: UUID) -> ParcelKey | None:
    """The key of a parcel's label."""
    statement = select(ParcelKey).where(
        ParcelKey.parcel_id == parcel_id, ParcelKey.holder_id.is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def keys_held(session: AsyncSession, holder_id: UUID) -> Sequence[ParcelKey]:
    """The keys of what waits with a keeper."""
    statement = select(ParcelKey).where(ParcelKey.holder_id == holder_id)
    return (await session.execute(statement)).scalars().all()


async def drop_pick_up_keys(session: AsyncSession, parcel_id: UUID) -> None:
    """Make the shopper's codes of a parcel void."""
    await session.execute(
        delete(ParcelKey).where(ParcelKey.parcel_id == parcel_id, ParcelKey.holder_id.is_not(None))
    )


async def by_ids(
    session: AsyncSession, merchant_ids: Collection[UUID], parcel_ids: Collection[UUID]
) -> Sequence[ParcelRow]:
    """Parcels of merchants in the scope, longest waiting first."""
    statement = (
        select(ParcelRow)
        .where(ParcelRow.organization_id.in_(set(merchant_ids)), ParcelRow.id.in_(set(parcel_ids)))
        .order_by(ParcelRow.moved_at)
    )
    return (await session.execute(statement)).scalars().all()


async def count_by_state(session: AsyncSession, consortium_id: UUID) -> dict[str, int]:
    """How many parcels of a consortium stand where."""
    statement = (
        select(ParcelRow.state, func.count())
        .where(ParcelRow.consortium_id == consortium_id)
        .group_by(ParcelRow.state)
    )
    return dict((await session.execute(statement)).all())


async def events_of(
    session: AsyncSession, parcel_ids: Collection[UUID]
) -> dict[UUID, list[ParcelEvent]]:
    """The steps of parcels in the scope, newest first, by parcel."""
    statement = (
        select(ParcelEvent)
        .where(ParcelEvent.parcel_id.in_(list(parcel_ids)))
        .order_by(ParcelEvent.occurred_at.desc(), ParcelEvent.id.desc())
    )
    found: dict[UUID, list[ParcelEvent]] = {}
    for event in (await session.execute(statement)).scalars():
        found.setdefault(event.parcel_id, []).append(event)
    return found


async def advance(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Change many parcels of the scope by their ids."""
    if rows:
        await session.execute(update(ParcelRow), list(rows))
