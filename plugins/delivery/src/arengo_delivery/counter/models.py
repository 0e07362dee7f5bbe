"""Table of wrong codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_delivery.base import DeliveryBase


class CounterAttempts(DeliveryBase):
    """How many wrong codes a person entered at a keeper's counter."""

    __tablename__ = "counter_attempts"
    __table_args__ = table(TableClass.PLATFORM, reason="ids and counts only")

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
