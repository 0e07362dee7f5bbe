"""Queries on pick-up points."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_delivery.points.models import PickUpPointRow

# Asked at every checkout: built once.
_OPEN_IN = (
    select(PickUpPointRow)
    .where(
        PickUpPointRow.consortium_id == bindparam("consortium_id"),
        PickUpPointRow.organization_id.in_(bindparam("organizations", expanding=True)),
        PickUpPointRow.closed_at.is_(None),
    )
    .order_by(PickUpPointRow.name)
)


async def get(session: AsyncSession, point_id: UUID) -> PickUpPointRow | None:
    """A point by id."""
    return await session.get(PickUpPointRow, point_id)


async def by_ids(session: AsyncSession, point_ids: Collection[UUID]) -> dict[UUID, PickUpPointRow]:
    """Points by id, in one statement."""
    if not point_ids:
        return {}
    rows = await session.execute(
        select(PickUpPointRow).where(PickUpPointRow.id.in_(set(point_ids)))
    )
    return {row.id: row for row in rows.scalars()}


async def open_in(
    session: AsyncSession, consortium_id: UUID, organizations: Collection[UUID]
) -> Sequence[PickUpPointRow]:
    """Open points of a consortium that some organizations keep, by name."""
    asked = {"consortium_id": consortium_id, "organizations": list(organizations)}
    return (await session.execute(_OPEN_IN, asked)).scalars().all()


async def of_organization(session: AsyncSession, organization_id: UUID) -> Sequence[PickUpPointRow]:
    """The points that an organization keeps or kept, the open ones first."""
    statement = (
        select(PickUpPointRow)
        .where(PickUpPointRow.organization_id == organization_id)
        .order_by(PickUpPointRow.closed_at.is_not(None), PickUpPointRow.name)
    )
    return (await session.execute(statement)).scalars().all()
