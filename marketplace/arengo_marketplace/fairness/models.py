"""Table of fairness reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_marketplace.base import MarketplaceBase


class FairnessReport(MarketplaceBase, Identified, Owned, Stamped):
    """What was found of a rule over a year of an offer; its tenant is the consortium.

    ``digest`` is the SHA-256 of all that it rests on: with other figures it does not hold.
    """

    __tablename__ = "fairness_report"
    __table_args__ = table(
        TableClass.MEMBER,
        Index("uq_fairness_report_digest", "organization_id", "offer_id", "digest", unique=True),
    )

    offer_id: Mapped[UUID]
    digest: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
