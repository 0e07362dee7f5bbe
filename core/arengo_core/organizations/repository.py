"""Queries on organizations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core.organizations.models import Organization

# What every request asks is built once: building a statement costs more than sending it.
_BY_SLUG = select(Organization).where(Organization.slug == bindparam("slug"))
_BY_IDS = select(Organization).where(Organization.id.in_(bindparam("ids", expanding=True)))


async def get(session: AsyncSession, organization_id: UUID) -> Organization | None:
    """An organization by id."""
    return await session.get(Organization, organization_id)


async def by_slug(session: AsyncSession, slug: str) -> Organization | None:
    """An organization by its short name in addresses."""
    return (await session.execute(_BY_SLUG, {"slug": slug})).scalar_one_or_none()


async def by_ids(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Organization]:
    """Organizations by id, in one statement."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    rows = await session.execute(_BY_IDS, {"ids": wanted})
    return {row.id: row for row in rows.scalars()}


async def of_kind(session: AsyncSession, kind: str) -> Sequence[Organization]:
    """All organizations of a kind, by name."""
    statement = select(Organization).where(Organization.kind == kind).order_by(Organization.name)
    return (await session.execute(statement)).scalars().all()


async def everyone(session: AsyncSession) -> Sequence[Organization]:
    """Every organization there is, by name."""
    return (await session.execute(select(Organization).order_by(Organization.name))).scalars().all()


async def slugs_like(session: AsyncSession, prefix: str) -> set[str]:
    """Taken short names that begin so."""
    statement = select(Organization.slug).where(Organization.slug.startswith(prefix))
    return set((await session.execute(statement)).scalars())
