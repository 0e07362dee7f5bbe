"""Table of pick-up points."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_delivery.base import DeliveryBase


class PickUpPointRow(DeliveryBase, Identified, Shared, Stamped):
    """A counter or shop where parcels wait; everybody may know it, its hours and its end."""

    __tablename__ = "pick_up_point"
    __table_args__ = table(TableClass.PUBLIC, Index(None, "consortium_id", "name"))

    name: Mapped[str]
    address: Mapped[str]
    istat_code: Mapped[str]
    opening_hours: Mapped[str]
    closed_at: Mapped[datetime | None]
