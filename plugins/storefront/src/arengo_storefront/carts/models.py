"""Tables of carts. A cart is its own tenant, as a person is: nobody else reaches its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import Erasure, Personal
from arengo_storefront.base import StorefrontBase


class Cart(StorefrontBase, Identified, Owned):
    """What a guest gathers, and what the checkout has asked so far.

    ``choices`` holds by merchant id the delivery chosen: option key and pick-up point.
    """

    __tablename__ = "cart"
    __table_args__ = table(
        TableClass.MEMBER,
        personal=Personal(
            ("name", "email", "phone", "street", "note"),
            N_("Customers"),
            N_("To fill in the order"),
            N_("A month after the last visit"),
            by_email="email",
            tenants="cart_expiry.cart_id",
            erasure=Erasure.BLANK,
        ),
    )

    consortium_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    istat_code: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class CartLine(StorefrontBase):
    """So many of a variant; price, VAT and name are the shop's until the order is placed."""

    __tablename__ = "cart_line"
    __table_args__ = table(TableClass.MEMBER, CheckConstraint("quantity > 0", name="quantity"))

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("storefront.cart.id", ondelete="cascade"), primary_key=True
    )
    variant_id: Mapped[UUID] = mapped_column(primary_key=True)
    merchant_id: Mapped[UUID]
    quantity: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)


class CartExpiry(StorefrontBase):
    """When a cart is cleared away: the job that does it knows no tenant."""

    __tablename__ = "cart_expiry"
    __table_args__ = table(TableClass.PLATFORM, reason="ids only: which carts are over")

    cart_id: Mapped[UUID] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
