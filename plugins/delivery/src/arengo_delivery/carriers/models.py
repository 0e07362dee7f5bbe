"""Table of the valley courier's bookings."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_delivery.base import DeliveryBase


class CourierBooking(DeliveryBase, Identified, Shared, Stamped):
    """That the valley courier is to collect a parcel; its tenant is the merchant."""

    __tablename__ = "courier_booking"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        UniqueConstraint("organization_id", "key"),
        UniqueConstraint("organization_id", "reference"),
        Index(None, "consortium_id", "collect_on"),
    )

    key: Mapped[str]
    reference: Mapped[str]
    merchant_order_id: Mapped[UUID]
    collect_on: Mapped[date]
    cancelled_at: Mapped[datetime | None]
