"""Tables of announcements."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_communications.base import CommunicationsBase
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table


class AnnouncementState(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


class Worded:
    """What an announcement says; the English is empty where it was not written."""

    subject_it: Mapped[str]
    body_it: Mapped[str]
    subject_en: Mapped[str] = mapped_column(default="")
    body_en: Mapped[str] = mapped_column(default="")

    def subject(self, locale: str) -> str:
        """The subject in a language, in Italian where there is no other."""
        return self.subject_en if locale == "en" and self.subject_en else self.subject_it

    def paragraphs(self, locale: str) -> tuple[str, ...]:
        """The text's paragraphs in a language, in Italian where there is no other."""
        body = self.body_en if locale == "en" and self.body_en else self.body_it
        parts = body.replace("\r\n", "\n").split("\n\n")
        return tuple(part.strip() for part in parts if part.strip())


class Announcement(CommunicationsBase, Identified, Owned, Stamped, Worded):
    """An announcement as its municipality writes it and sends it."""

    __tablename__ = "announcement"
    __table_args__ = table(TableClass.MEMBER, Index(None, "organization_id", "id"))

    state: Mapped[str] = mapped_column(default=AnnouncementState.DRAFT.value)
    author_id: Mapped[UUID | None]
    recipients: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    task_id: Mapped[UUID | None]


class PublishedAnnouncement(CommunicationsBase, Identified, Owned, Worded):
    """An announcement that was sent, for everybody to read; ids follow the order of sending."""

    __tablename__ = "published_announcement"
    __table_args__ = table(TableClass.PUBLIC, Index(None, "organization_id", "id"))

    announcement_id: Mapped[UUID]
    published_at: Mapped[datetime]
