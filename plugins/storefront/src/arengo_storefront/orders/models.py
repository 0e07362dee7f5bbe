"""Tables of orders.

The shopper's order is its own tenant; each merchant reaches its merchant order alone, with what
it needs of the shopper to deliver. The consortium's office reaches none of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.privacy.declaration import IDS_ALONE, TEN_YEARS, Personal
from arengo_storefront.base import StorefrontBase


class OrderLink(StorefrontBase):
    """Digest of the shopper's secret link → order and shops; when its stock is let go."""

    __tablename__ = "order_link"
    __table_args__ = table(
        TableClass.PLATFORM,
        Index(None, "digest", unique=True),
        Index(None, "number", unique=True),
        Index(None, "reserved_until", postgresql_where="reserved_until is not null"),
        reason="link digest → order and shops",
    )

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    number: Mapped[str]
    consortium_id: Mapped[UUID]
    merchants: Mapped[list[UUID]] = mapped_column(ARRAY(postgresql.UUID(as_uuid=True)))
    reserved_until: Mapped[datetime | None]


class Order(StorefrontBase, Identified, Owned):
    """What a shopper ordered and pays at once; the tenant is the order itself."""

    __tablename__ = "shop_order"
    __table_args__ = table(
        TableClass.MEMBER,
        personal=Personal(
            ("name", "email", "phone", "street", "postcode", "city"),
            N_("Customers"),
            N_("To fulfil orders"),
            TEN_YEARS,
            by_email="email",
            tenants="merchant_order.order_id",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    consortium_id: Mapped[UUID]
    number: Mapped[str]
    state: Mapped[str]
    method: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    goods_total: Mapped[int]
    delivery_total: Mapped[int]
    total: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    istat_code: Mapped[str]
    merchants: Mapped[list[UUID]] = mapped_column(ARRAY(postgresql.UUID(as_uuid=True)))
    payment_id: Mapped[UUID | None]
    attempt: Mapped[int] = mapped_column(default=1)
    placed_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    reserved_until: Mapped[datetime | None]


class MerchantOrder(StorefrontBase, Identified, Owned):
    """One merchant's part of an order: what to prepare, for whom, and how it goes there.

    ``total`` and ``refunded`` are minor units, VAT and delivery included.
    """

    __tablename__ = "merchant_order"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "order_id", unique=True),
        Index(None, "organization_id", "placed_at", "id"),
        Index(None, "organization_id", "state", "placed_at", "id"),
        CheckConstraint("refunded >= 0 and refunded <= total", name="refunded"),
        personal=Personal(
            ("recipient", "email", "phone", "street", "postcode", "city", "note"),
            N_("Customers"),
            N_("To fulfil orders"),
            TEN_YEARS,
            by_email="email",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    order_id: Mapped[UUID]
    consortium_id: Mapped[UUID]
    number: Mapped[str]
    state: Mapped[str]
    method: Mapped[str]
    locale: Mapped[str]
    seller: Mapped[str]
    seller_vat_number: Mapped[str]
    seller_address: Mapped[str]
    shop_slug: Mapped[str]
    currency: Mapped[str]
    goods_total: Mapped[int]
    delivery_total: Mapped[int]
    total: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    weight_grams: Mapped[int]
    delivery_way: Mapped[str]
    delivery_option: Mapped[str]
    delivery_title: Mapped[str]
    point_id: Mapped[UUID | None]
    point: Mapped[str] = mapped_column(default="")
    recipient: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    istat_code: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    payment_id: Mapped[UUID | None]
    placed_at: Mapped[datetime] = mapped_column(default=clock.now)
    paid_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]

    @property
    def total_money(self) -> Money:
        """What the shopper pays for this part."""
        return Money(self.total, self.currency)

    @property
    def refundable(self) -> int:
        """What of it can still go back; nothing before the money came."""
        return self.total - self.refunded if self.paid_at is not None else 0


class OrderLine(StorefrontBase, Identified, Owned):
    """A line of a merchant order; name, price and VAT rate are those of the moment it was made."""

    __tablename__ = "order_line"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "order_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("returned >= 0 and returned <= quantity", name="returned"),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    order_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID] = mapped_column(
        ForeignKey("storefront.merchant_order.id"), index=True
    )
    position: Mapped[int]
    product_id: Mapped[UUID]
    variant_id: Mapped[UUID]
    product_slug: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str]
    sku: Mapped[str]
    quantity: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[int]
    currency: Mapped[str]
    vat_rate: Mapped[int]
    exemption: Mapped[str]

    @property
    def amount(self) -> int:
        """Price of the line, VAT included."""
        return self.unit_price * self.quantity

    @property
    def left(self) -> int:
        """Pieces that were neither refunded nor returned."""
        return self.quantity - self.returned


class OrderStep(StorefrontBase, Identified, Owned):
    """That a merchant order reached a state: when, and by whose hand."""

    __tablename__ = "order_step"
    __table_args__ = table(
        TableClass.MEMBER,
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
    order_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID]
    state: Mapped[str]
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)


class OrderRefund(StorefrontBase, Identified, Owned):
    """Money that goes back for a merchant order. ``refund_id`` is the payments plugin's."""

    __tablename__ = "order_refund"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "order_id"),
        Index(None, "organization_id", "key", unique=True),
        CheckConstraint("amount > 0", name="amount"),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    order_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID]
    key: Mapped[str]
    refund_id: Mapped[UUID | None]
    amount: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    lines: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str]
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
