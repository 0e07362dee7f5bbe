"""Table of offers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule


class Offer(MarketplaceBase, Identified, Owned, Stamped):
    """A service put up by a consortium (its tenant), with the terms that anybody may read.

    ``cost_bearers`` is ``municipalities`` or ``merchants``. ``fees`` lists what users pay:
    ``{"meter": ..., "label": ..., "rate": "0.25"}`` in major units per unit of the meter.
    From ``withdrawn_on`` nobody can activate it any more; those who did keep it.
    """

    __tablename__ = "offer"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index(
            "uq_offer_current",
            "organization_id",
            "service",
            unique=True,
            postgresql_where=text("withdrawn_on is null"),
        ),
        CheckConstraint("cost_bearers in ('municipalities', 'merchants')", "cost_bearers"),
    )

    service: Mapped[str]
    price_plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cost_rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cost_bearers: Mapped[str] = mapped_column(default="municipalities")
    needs_approval: Mapped[bool] = mapped_column(default=False)
    covers_merchants: Mapped[bool] = mapped_column(default=False)
    fees: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    note: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    withdrawn_on: Mapped[date | None]

    @property
    def published(self) -> bool:
        """Whether members can activate it."""
        return self.withdrawn_on is None

    @property
    def plan(self) -> PricePlan:
        """The price plan, read. Stored plans were checked when they were written."""
        return PricePlan.from_json(self.price_plan)

    def rule(self, keys: Any) -> CostRule:
        """The cost rule, read with a deployment's allocation keys."""
        return CostRule.from_json(self.cost_rule, keys)
