"""GraphQL queries on announcements."""

from __future__ import annotations

import strawberry

from arengo_communications.announcements import service
from arengo_communications.announcements.types import AnnouncementType, PublishedAnnouncementType
from arengo_communications.messages.queries import after_id
from arengo_communications.offering import SERVICE_KEY
from arengo_core.api.connection import Connection, connection_of, encode_cursor, page_size
from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.scalars import local_id


@strawberry.type
class AnnouncementsQuery:
    """Root queries on announcements."""

    @strawberry.field(
        description="A municipality's drafts and sent announcements, newest first.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def announcements(
        self,
        info: Info,
        municipality_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[AnnouncementType]:
        """For its officers."""
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await service.history(
                uow,
                local_id(municipality_id, "Organization", "municipality_id"),
                size=size,
                after=after_id(after),
            )
        return connection_of(
            [AnnouncementType.of(row) for row in rows],
            [encode_cursor(str(row.id)) for row in rows],
            size,
        )

    @strawberry.field(
        description="One announcement, for its municipality's officers.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def announcement(
        self, info: Info, municipality_id: strawberry.ID, id: strawberry.ID
    ) -> AnnouncementType:
        """A draft or a sent announcement."""
        uow = info.context.uow
        async with uow.lock:
            row = await service.get(
                uow,
                local_id(municipality_id, "Organization", "municipality_id"),
                local_id(id, "Announcement"),
            )
        return AnnouncementType.of(row)

    @strawberry.field(
        description="How many people an announcement would reach now.",
        metadata=only_with(SERVICE_KEY, finishes=True),
    )
    async def subscriber_count(self, info: Info, municipality_id: strawberry.ID) -> int:
        """The number of confirmed subscribers."""
        uow = info.context.uow
        async with uow.lock:
            return await service.recipients(
                uow, local_id(municipality_id, "Organization", "municipality_id")
            )

    @strawberry.field(description="What a municipality published; for anybody.")
    async def published_announcements(
        self,
        info: Info,
        municipality_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PublishedAnnouncementType]:
        """The public list."""
        size = page_size(first)
        uow = info.context.uow
        async with uow.lock:
            rows = await service.published(
                uow,
                local_id(municipality_id, "Organization", "municipality_id"),
                size=size,
                after=after_id(after),
            )
        return connection_of(
            [PublishedAnnouncementType.of(row) for row in rows],
            [encode_cursor(str(row.id)) for row in rows],
            size,
        )
