"""Table of feedback."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Erasure, Personal, Retention


class Feedback(CoreBase, Identified, Owned, Stamped):
    """A message to a consortium's office; its words are deleted once the mail is handed over."""

    __tablename__ = "feedback"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "created_at"),
        personal=Personal(
            ("text", "reply_to"),
            N_("People who write to the office"),
            N_("To answer them"),
            N_("A year; the words go once the office has them by mail"),
            by_email="reply_to",
            erasure=Erasure.DELETE,
            retention=Retention("created_at", timedelta(days=365)),
        ),
    )

    text: Mapped[str]
    reply_to: Mapped[str]
    page: Mapped[str]
    sent_at: Mapped[datetime | None]
