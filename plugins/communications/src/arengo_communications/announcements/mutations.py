"""GraphQL mutations on announcements."""

from __future__ import annotations

import strawberry

from arengo_communications.announcements import service
from arengo_communications.announcements.service import Words
from arengo_communications.announcements.types import AnnouncementPayload, AnnouncementType
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id


@strawberry.type
class AnnouncementsMutation:
    """Root mutations on announcements."""

    @strawberry.mutation(
        description="Write a new draft, or with `id` change one.",
        metadata=only_with(SERVICE_KEY),
    )
    @answers(AnnouncementPayload)
    async def save_announcement(
        self,
        info: Info,
        municipality_id: strawberry.ID,
        subject_it: str,
        body_it: str,
        subject_en: str = "",
        body_en: str = "",
        id: strawberry.ID | None = None,
        idempotency_key: str | None = None,
    ) -> AnnouncementPayload:
        """Save a draft."""
        async with info.context.writing() as uow:
            row = await service.save(
                uow,
                organization_id=local_id(municipality_id, "Organization", "municipality_id"),
                words=Words(subject_it, body_it, subject_en, body_en),
                announcement_id=local_id(id, "Announcement") if id is not None else None,
                idempotency_key=idempotency_key,
            )
        return AnnouncementPayload(announcement=AnnouncementType.of(row))

    @strawberry.mutation(
        description="Publish a draft and send it to every subscriber.",
        metadata=only_with(SERVICE_KEY),
    )
    @answers(AnnouncementPayload)
    async def send_announcement(
        self, info: Info, municipality_id: strawberry.ID, id: strawberry.ID
    ) -> AnnouncementPayload:
        """Send a draft."""
        async with info.context.writing() as uow:
            row = await service.send(
                uow,
                organization_id=local_id(municipality_id, "Organization", "municipality_id"),
                announcement_id=local_id(id, "Announcement"),
            )
        return AnnouncementPayload(announcement=AnnouncementType.of(row))

    @strawberry.mutation(
        description="Throw a draft away.",
        metadata=only_with(SERVICE_KEY),
    )
    @answers(AnnouncementPayload)
    async def discard_announcement(
        self, info: Info, municipality_id: strawberry.ID, id: strawberry.ID
    ) -> AnnouncementPayload:
        """Discard a draft."""
        async with info.context.writing() as uow:
            await service.discard(
                uow,
                organization_id=local_id(municipality_id, "Organization", "municipality_id"),
                announcement_id=local_id(id, "Announcement"),
            )
        return AnnouncementPayload()
