"""Tables of the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.database.core_base import CoreBase


class OutboxEvent(CoreBase, Identified, Owned):
    """A recorded event; version counts the events of its aggregate."""

    __tablename__ = "outbox_event"
    __table_args__ = table(
        TableClass.MEMBER, UniqueConstraint("aggregate_id", "version"), append_only=True
    )

    aggregate_id: Mapped[UUID]
    version: Mapped[int]
    name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime]
    trace_id: Mapped[str]


class AggregateVersion(CoreBase):
    """The last version of each aggregate: its row lock puts concurrent events in order."""

    __tablename__ = "aggregate_version"
    __table_args__ = table(TableClass.PLATFORM, reason="ids and counts only")

    aggregate_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]


class OutboxCursor(CoreBase):
    """How far a handler is with an aggregate; ``error`` set while an event is held."""

    __tablename__ = "outbox_cursor"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "handler", postgresql_where="error is not null"),
        reason="ids, handler keys and error classes only",
    )

    aggregate_id: Mapped[UUID] = mapped_column(primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    error: Mapped[str | None]
    updated_at: Mapped[datetime]
