"""GraphQL types of announcements."""

from __future__ import annotations

from datetime import datetime

import strawberry

from arengo_communications.announcements.models import Announcement, PublishedAnnouncement
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id


@strawberry.type(name="Announcement", description="What a municipality tells its subscribers.")
class AnnouncementType:
    """GraphQL face of an announcement, for its municipality."""

    id: strawberry.ID
    state: str = strawberry.field(description="draft, sending, sent or stopped.")
    subject_it: str
    body_it: str
    subject_en: str
    body_en: str
    recipients: int = strawberry.field(description="To how many it was sent.")
    created_at: datetime
    sent_at: datetime | None
    task_id: strawberry.ID | None = strawberry.field(
        description="The task that sends it, for a week: ask `task`."
    )

    @classmethod
    def of(cls, row: Announcement) -> AnnouncementType:
        """From its row."""
        return cls(
            id=global_id("Announcement", row.id),
            state=row.state,
            subject_it=row.subject_it,
            body_it=row.body_it,
            subject_en=row.subject_en,
            body_en=row.body_en,
            recipients=row.recipients,
            created_at=row.created_at,
            sent_at=row.sent_at,
            task_id=global_id("Task", row.task_id) if row.task_id else None,
        )


@strawberry.type(name="PublishedAnnouncement", description="An announcement as anybody reads it.")
class PublishedAnnouncementType:
    """GraphQL face of a published announcement."""

    id: strawberry.ID
    subject_it: str
    body_it: str
    subject_en: str
    body_en: str
    published_at: datetime

    @classmethod
    def of(cls, row: PublishedAnnouncement) -> PublishedAnnouncementType:
        """From its row."""
        return cls(
            id=global_id("PublishedAnnouncement", row.id),
            subject_it=row.subject_it,
            body_it=row.body_it,
            subject_en=row.subject_en,
            body_en=row.body_en,
            published_at=row.published_at,
        )


@strawberry.type
class AnnouncementPayload(Payload):
    """The announcement; null once a draft is discarded."""

    announcement: AnnouncementType | None = None
