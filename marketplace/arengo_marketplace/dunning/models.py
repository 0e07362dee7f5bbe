"""Table of pauses of reminders."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase


class PauseKind(StrEnum):
    """Why reminders rest: the member disputes the statement, or the office has a reason."""

    DISPUTE = "dispute"
    OFFICE = "office"


class Pause(MarketplaceBase, Identified, Shared, Stamped):
    """Reminders of a statement rest from ``created_at`` until ``closed_at``.

    ``reason`` is what the member or the office said, ``answer`` what the office said at the end.
    A statement has one open pause at most.
    """

    __tablename__ = "statement_pause"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(
            "uq_statement_pause_open",
            "organization_id",
            "statement_id",
            unique=True,
            postgresql_where=text("closed_at is null"),
        ),
        Index(None, "organization_id", "statement_id"),
        CheckConstraint("kind in ('dispute', 'office')", "kind"),
        personal=Personal(
            ("opened_by", "closed_by"),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="opened_by",
        ),
    )

    statement_id: Mapped[UUID]
    kind: Mapped[str]
    reason: Mapped[str]
    opened_by: Mapped[UUID | None]
    answer: Mapped[str] = mapped_column(default="")
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
