"""Table of what is published of settled months."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_marketplace.base import MarketplaceBase


class PublishedMonth(MarketplaceBase, Identified, Owned, Stamped):
    """A settled month of a consortium (its tenant) that publishes its budget.

    ``services``, ``members`` and ``grants`` are lists of documents with amounts in minor units.
    Municipalities stand under their names; all other members together, under none.
    """

    __tablename__ = "published_month"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index("uq_published_month", "organization_id", "starts_on", unique=True),
    )

    starts_on: Mapped[date]
    currency: Mapped[str]
    services: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    members: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
