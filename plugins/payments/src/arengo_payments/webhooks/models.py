"""Table of webhooks taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_payments.base import PaymentsBase


class WebhookEvent(PaymentsBase):
    """An event that was taken. Its body is not kept."""

    __tablename__ = "webhook_event"
    __table_args__ = table(
        TableClass.PLATFORM,
        append_only=True,
        reason="ids and kinds only: an event is taken once",
    )

    consortium_id: Mapped[UUID] = mapped_column(primary_key=True)
    gateway: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source_type: Mapped[str]
    payment_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
