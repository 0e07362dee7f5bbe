"""Table of the inbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_communications.base import CommunicationsBase
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table


class InboxItem(CommunicationsBase, Identified, Owned, Stamped):
    """A message to an organization, as its people read it."""

    __tablename__ = "inbox_item"
    __table_args__ = table(
        TableClass.MEMBER,
        UniqueConstraint("organization_id", "key"),
        Index(None, "organization_id", "id"),
    )

    key: Mapped[str]
    sender_id: Mapped[UUID]
    topic: Mapped[str]
    subject: Mapped[str]
    paragraphs: Mapped[list[str]] = mapped_column(JSONB)
    facts: Mapped[list[list[str]]] = mapped_column(JSONB)
    action_label: Mapped[str] = mapped_column(default="")
    action_url: Mapped[str] = mapped_column(default="")
    read_at: Mapped[datetime | None]
