"""Tables of the stock."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_storefront.base import StorefrontBase


class MovementKind(StrEnum):
    """Why the pieces on hand changed."""

    COUNTED = "counted"
    SOLD = "sold"
    RETURNED = "returned"


class StockItem(StorefrontBase):
    """Pieces of a variant: on hand, and of them reserved by orders that are being paid."""

    __tablename__ = "stock_item"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index(None, "variant_id"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0 and reserved <= on_hand", name="reserved"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(primary_key=True)
    on_hand: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)


class StockMovement(StorefrontBase, Identified, Owned):
    """A change of the pieces on hand; the sum of a variant's movements is what is on hand."""

    __tablename__ = "stock_movement"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "variant_id", "occurred_at"),
        Index(None, "organization_id", "order_id"),
        append_only=True,
        personal=Personal(
            ("actor_id",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="actor_id",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    variant_id: Mapped[UUID]
    kind: Mapped[str]
    quantity: Mapped[int]
    order_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)


class Reservation(StorefrontBase):
    """Pieces kept for an order that is being paid; gone once sold or released."""

    __tablename__ = "stock_reservation"
    __table_args__ = table(TableClass.MEMBER, CheckConstraint("quantity > 0", name="quantity"))

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    expires_at: Mapped[datetime]
