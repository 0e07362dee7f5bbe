"""Queries on photos."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_storefront.catalogue.models import ProductPicture
from arengo_storefront.media.models import Media
from arengo_storefront.shops.models import Shop


class Content(NamedTuple):
    """Where one size of a photo is: in the file store, or still in its row."""

    file_id: UUID | None
    data: bytes | None


class Unmoved(NamedTuple):
    """A photo whose sizes are still in its row."""

    id: UUID
    organization_id: UUID
    large: bytes
    small: bytes


async def add(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """Store a photo; the id of the one that is there when the same was stored before."""
    await session.execute(insert(Media).values(values).on_conflict_do_nothing())
    found = await session.execute(
        select(Media.id).where(
            Media.organization_id == values["organization_id"], Media.sha256 == values["sha256"]
        )
    )
    return found.scalar_one()


async def content(session: AsyncSession, media_id: UUID, *, small: bool) -> Content | None:
    """One size of a photo."""
    columns = (Media.small_file, Media.small) if small else (Media.large_file, Media.large)
    row = (await session.execute(select(*columns).where(Media.id == media_id))).one_or_none()
    return Content(*row) if row else None


async def unmoved(session: AsyncSession, most: int) -> Sequence[Unmoved]:
    """Photos of anybody whose sizes are still in their rows."""
    asked = select(Media.id, Media.organization_id, Media.large, Media.small)
    rows = await session.execute(asked.where(Media.large.is_not(None)).limit(most))
    return [Unmoved(*row) for row in rows]


async def move(session: AsyncSession, media_id: UUID, large: UUID, small: UUID) -> bool:
    """Note where a photo lies now; False when it is gone or was moved before."""
    values = {"large_file": large, "small_file": small, "large": None, "small": None}
    moved = update(Media).where(Media.id == media_id, Media.large.is_not(None))
    return await session.scalar(moved.values(values).returning(Media.id)) is not None


async def remove_unused(
    session: AsyncSession, organization_id: UUID, media_ids: Collection[UUID]
) -> list[UUID]:
    """Delete those of these photos that neither a product nor a shop shows; their files."""
    gone = await session.execute(
        delete(Media)
        .where(
            Media.organization_id == organization_id,
            Media.id.in_(media_ids),
            ~select(ProductPicture.media_id).where(ProductPicture.media_id == Media.id).exists(),
            ~select(Shop.id)
            .where(
                Shop.organization_id == organization_id,
                (Shop.banner_id == Media.id) | (Shop.logo_id == Media.id),
            )
            .exists(),
        )
        .returning(Media.large_file, Media.small_file)
        .execution_options(synchronize_session=False)
    )
    return [file_id for row in gone for file_id in row if file_id is not None]
