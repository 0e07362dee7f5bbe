"""Table of deliveries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Reason(StrEnum):
    """Why nothing was sent, where it was no fault of the way."""

    NOBODY = "nobody"
    GONE = "gone"
    SETTLED = "settled"


class Way(StrEnum):
    """How it is sent: by the program's own mail, or by the member's service of messages."""

    MAIL = "mail"
    COMMUNICATIONS = "communications"


class Delivery(MarketplaceBase, Identified, Shared, Stamped):
    """A statement (``level`` 0) or its reminder of a level, sent to one person of the member.

    ``recipient_id`` is empty where the organization's own address is written to. ``reason`` is one
    of :class:`Reason`, or what the way answered. ``round`` counts how often somebody had it sent
    again. ``reference`` is the Message-ID, or the id of the message
    in the member's service of messages, which says what became of it.
    """

    __tablename__ = "statement_delivery"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(
            "uq_statement_delivery_once",
            "statement_id",
            "level",
            "round",
            "recipient_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "organization_id", "statement_id"),
        CheckConstraint("state in ('queued', 'sent', 'failed')", "state"),
        personal=Personal(
            ("recipient_id", "asked_by"),
            N_("People with an account"),
            N_("To say to whom a statement was sent"),
            IDS_ALONE,
            by_user="recipient_id",
        ),
    )

    statement_id: Mapped[UUID]
    level: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)
    recipient_id: Mapped[UUID | None]
    role: Mapped[str]
    way: Mapped[str] = mapped_column(default=Way.MAIL.value)
    state: Mapped[str] = mapped_column(default=DeliveryState.QUEUED.value)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    reference: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
