"""Table of wrong codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Erasure, Personal
from arengo_delivery.base import DeliveryBase


class CounterAttempts(DeliveryBase):
    """How many wrong codes a person entered at a keeper's counter."""

    __tablename__ = "counter_attempts"
    __table_args__ = table(
        TableClass.PLATFORM,
        reason="ids and counts only",
        personal=Personal(
            ("user_id",),
            N_("People with an account"),
            N_("To keep codes from being guessed"),
            N_("A day"),
            by_user="user_id",
            erasure=Erasure.DELETE,
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
