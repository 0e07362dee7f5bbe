"""Queries on photos."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_storefront.catalogue.models import ProductPicture
from arengo_storefront.media.models import Media
from arengo_storefront.shops.models import Shop


async def add(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """Store a photo; the id of the one that is there when the same was stored before."""
    await session.execute(insert(Media).values(values).on_conflict_do_nothing())
    found = await session.execute(
        select(Media.id).where(
            Media.organization_id == values["organization_id"], Media.sha256 == values["sha256"]
        )
    )
    return found.scalar_one()


async def content(session: AsyncSession, media_id: UUID, *, small: bool) -> bytes | None:
    """The bytes of one size."""
    column = Media.small if small else Media.large
    return await session.scalar(select(column).where(Media.id == media_id))


async def remove_unused(
    session: AsyncSession, organization_id: UUID, media_ids: Collection[UUID]
) -> None:
    """Delete those of these photos that neither a product nor a shop shows."""
    await session.execute(
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
        .execution_options(synchronize_session=False)
    )
