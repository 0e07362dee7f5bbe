"""Table of feedback."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_core.database.core_base import CoreBase


class Feedback(CoreBase, Identified, Owned, Stamped):
    """A message to a consortium's office; its words are deleted once the mail is handed over."""

    __tablename__ = "feedback"
    __table_args__ = table(TableClass.MEMBER, Index(None, "organization_id", "created_at"))

    text: Mapped[str]
    reply_to: Mapped[str]
    page: Mapped[str]
    sent_at: Mapped[datetime | None]
