"""Rules of photos: the same one is stored once, and goes when nothing shows it any more."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.ids import new_id
from arengo_storefront.media import repository
from arengo_storefront.media.images import Prepared

__all__ = ["Prepared", "media_path", "remove_unused", "store"]


def media_path(media_id: UUID | None, *, small: bool = False) -> str:
    """The address of a photo; empty where there is none."""
    if media_id is None:
        return ""
    return f"/media/{media_id}/small" if small else f"/media/{media_id}"


async def store(uow: UnitOfWork, organization_id: UUID, photo: Prepared) -> UUID:
    """Keep a photo for a merchant in whose name the caller was found to act; its id."""
    return await repository.add(
        uow.session,
        {
            "id": new_id(),
            "organization_id": organization_id,
            "sha256": hashlib.sha256(photo.large).digest(),
            "width": photo.width,
            "height": photo.height,
            "large": photo.large,
            "small": photo.small,
            "created_at": clock.now(),
        },
    )


async def remove_unused(
    uow: UnitOfWork, organization_id: UUID, media_ids: Collection[UUID]
) -> None:
    """Delete photos that were taken off their product or shop, unless another shows them."""
    await uow.session.flush()
    await repository.remove_unused(uow.session, organization_id, media_ids)
