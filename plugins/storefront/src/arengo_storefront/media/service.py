"""Rules of photos: the same one is stored once, and goes when nothing shows it any more."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.files import service as files
from arengo_core.files.service import WrittenFile
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job, Schedule
from arengo_storefront.media import repository
from arengo_storefront.media.images import Prepared

CONTENT_TYPE = "image/webp"
_MOVED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class WrittenPhoto:
    """A photo that lies in the file store, for a transaction to keep."""

    large: WrittenFile
    small: WrittenFile
    width: int
    height: int


def media_path(media_id: UUID | None, *, small: bool = False) -> str:
    """The address of a photo; empty where there is none."""
    if media_id is None:
        return ""
    return f"/media/{media_id}/small" if small else f"/media/{media_id}"


@asynccontextmanager
async def written(host: Host, *photos: Prepared) -> AsyncGenerator[list[WrittenPhoto]]:
    """Write photos into the file store before the transaction; gone again when that fails."""
    contents = [content for photo in photos for content in (photo.large, photo.small)]
    async with host.files.writing(contents, CONTENT_TYPE) as found:
        pairs = zip(photos, found[::2], found[1::2], strict=True)
        yield [WrittenPhoto(large, small, p.width, p.height) for p, large, small in pairs]


async def store(
    uow: UnitOfWork, organization_id: UUID, photo: WrittenPhoto, media_id: UUID | None = None
) -> UUID:
    """Keep a photo for a merchant in whose name the caller was found to act; its id."""
    media_id = media_id or new_id()
    stored = await repository.add(
        uow.session,
        {
            "id": media_id,
            "organization_id": organization_id,
            "sha256": photo.large.sha256,
            "width": photo.width,
            "height": photo.height,
            "large_file": photo.large.id,
            "small_file": photo.small.id,
            "created_at": clock.now(),
        },
    )
    for file in (photo.large, photo.small):
        if stored == media_id:
            files.keep(uow, organization_id, file)
        else:
            files.discard(uow, file)
    return stored


async def content(host: Host, media_id: UUID, *, small: bool) -> bytes | None:
    """One size of a photo; anybody may see it."""
    async with host.unit_of_work(read_only=True) as uow:
        found = await repository.content(uow.session, media_id, small=small)
        if found is None or found.file_id is None:
            return found.data if found else None
        kept = await files.find(uow, found.file_id)
    return await host.files.read(kept) if kept else None


async def remove_unused(
    uow: UnitOfWork, organization_id: UUID, media_ids: Collection[UUID]
) -> None:
    """Delete photos that were taken off their product or shop, unless another shows them."""
    await uow.session.flush()
    await files.drop(uow, await repository.remove_unused(uow.session, organization_id, media_ids))


async def move_photos(host: Host, _payload: dict[str, Any]) -> None:
    """Job: move photos that were stored in the database into the file store."""
    while True:
        async with host.unit_of_work(read_only=True) as uow:
            found = await repository.unmoved(uow.session, _MOVED_AT_ONCE)
        for photo in found:
            owner = photo.organization_id
            async with (
                host.files.writing([photo.large, photo.small], CONTENT_TYPE) as (large, small),
                host.unit_of_work(Caller.program([owner])) as uow,
            ):
                if await repository.move(uow.session, photo.id, large.id, small.id):
                    files.keep(uow, owner, large)
                    files.keep(uow, owner, small)
                else:
                    files.discard(uow, large)
                    files.discard(uow, small)
        if not found:
            return


MOVE_PHOTOS = Job(
    "storefront.move_photos", move_photos, concurrency=1, title=N_("Move photos to the file store")
)
SCHEDULES = [Schedule(MOVE_PHOTOS, "17 * * * *")]
