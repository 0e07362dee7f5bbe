"""Queries on the valley courier's bookings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_delivery.carriers.models import CourierBooking


async def put(session: AsyncSession, row: dict[str, Any]) -> None:
    """Store a booking once a key."""
    await session.execute(
        insert(CourierBooking)
        .values(row)
        .on_conflict_do_nothing(index_elements=["organization_id", "key"])
    )


async def by_key(session: AsyncSession, merchant_id: UUID, key: str) -> CourierBooking | None:
    """The booking under a key."""
    statement = select(CourierBooking).where(
        CourierBooking.organization_id == merchant_id, CourierBooking.key == key
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def by_reference(
    session: AsyncSession, merchant_id: UUID, reference: str
) -> CourierBooking | None:
    """The booking with a reference."""
    statement = select(CourierBooking).where(
        CourierBooking.organization_id == merchant_id, CourierBooking.reference == reference
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def days(session: AsyncSession, merchant_order_ids: Collection[UUID]) -> dict[UUID, date]:
    """On which day the courier collects parcels in the scope, by merchant order."""
    statement = select(CourierBooking.merchant_order_id, CourierBooking.collect_on).where(
        CourierBooking.merchant_order_id.in_(list(merchant_order_ids)),
        CourierBooking.cancelled_at.is_(None),
    )
    return dict((await session.execute(statement)).all())
