"""Table of notices."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, TableClass, table
from arengo_storefront.base import StorefrontBase


class NoticeKind(StrEnum):
    """What is told."""

    ORDER_CONFIRMED = "order_confirmed"
    ORDER_LINK = "order_link"
    PAYMENT_FAILED = "payment_failed"
    PAID_TOO_LATE = "paid_too_late"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    REFUND_REFUSED = "refund_refused"
    WITHDRAWAL = "withdrawal"
    NEW_ORDER = "new_order"
    LATE_FOR_MERCHANT = "late_for_merchant"
    WITHDRAWAL_FOR_MERCHANT = "withdrawal_for_merchant"


class Notice(StorefrontBase, Identified, Owned):
    """A message to the shopper (organization: the order) or to a merchant, by its key."""

    __tablename__ = "notice"
    __table_args__ = table(TableClass.MEMBER, Index(None, "organization_id", "key", unique=True))

    organization_id: Mapped[UUID] = mapped_column(index=False)
    key: Mapped[str]
    kind: Mapped[str]
    order_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
