"""Table of return cases."""

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
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import TEN_YEARS, Personal
from arengo_storefront.base import StorefrontBase


class CaseState(StrEnum):
    """Where a return case stands."""

    DECLARED = "declared"  # the goods are to come back
    SETTLED = "settled"


class ReturnCase(StorefrontBase, Identified, Owned):
    """A shopper's withdrawal from a merchant order; ``lines`` holds quantities by line id."""

    __tablename__ = "return_case"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "merchant_order_id"),
        Index(None, "organization_id", "state", "declared_at"),
        personal=Personal(
            ("name", "email"),
            N_("Customers"),
            N_("To settle withdrawals"),
            TEN_YEARS,
            by_email="email",
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(index=False)
    order_id: Mapped[UUID]
    merchant_order_id: Mapped[UUID]
    state: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    lines: Mapped[dict[str, Any]] = mapped_column(JSONB)
    amount: Mapped[int]
    currency: Mapped[str]
    declared_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
