"""Tables of offers and of the cost rules that they have had."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from arengo_core import clock
from arengo_core.database.base import Identified, Owned, Stamped, TableClass, table
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule


class CostRuleVersion(MarketplaceBase, Identified, Owned, Stamped):
    """A cost rule of an offer and the first month that it divides.

    ``vote_id`` is the members' vote that approved it; without one it was published by the office
    before any member bore the cost. A later row from the same month or an earlier one replaces
    it. ``place`` counts the rows of an offer.
    """

    __tablename__ = "cost_rule_version"
    __table_args__ = table(
        TableClass.PUBLIC,
        Index("uq_cost_rule_version_place", "offer_id", "place", unique=True),
        Index(
            "uq_cost_rule_version_vote",
            "vote_id",
            unique=True,
            postgresql_where=text("vote_id is not null"),
        ),
        CheckConstraint("extract(day from valid_from) = 1", "valid_from"),
        append_only=True,
    )

    offer_id: Mapped[UUID]
    place: Mapped[int]
    valid_from: Mapped[date]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    vote_id: Mapped[UUID | None]


class Offer(MarketplaceBase, Identified, Owned, Stamped):
    """A service put up by a consortium (its tenant), with the terms that anybody may read.

    ``cost_bearers`` is ``municipalities`` or ``merchants``. ``fees`` lists what users pay:
    ``{"meter": ..., "label": ..., "rate": "0.25"}`` in major units per unit of the meter.
    From ``withdrawn_on`` nobody can activate it any more; those who did keep it.
    ``prices`` are the versions of its price plan, the earliest first:
    ``{"valid_from": "2026-01-01", "plan": {...}, "note": ...}``, each from the first of a month.
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
    prices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cost_bearers: Mapped[str] = mapped_column(default="municipalities")
    needs_approval: Mapped[bool] = mapped_column(default=False)
    covers_merchants: Mapped[bool] = mapped_column(default=False)
    fees: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    note: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    withdrawn_on: Mapped[date | None]
    rule_rows: Mapped[list[CostRuleVersion]] = relationship(
        primaryjoin=lambda: Offer.id == foreign(CostRuleVersion.offer_id),
        order_by=lambda: CostRuleVersion.place,
        lazy="joined",
    )

    @property
    def published(self) -> bool:
        """Whether members can activate it."""
        return self.withdrawn_on is None

    @property
    def price_plan(self) -> dict[str, Any]:
        """The document of the price plan that is valid today."""
        return self._version_on(clock.today())["plan"]

    @property
    def plan(self) -> PricePlan:
        """The price plan valid today, read. Stored plans were checked when they were written."""
        return self.plan_at(clock.today())

    def plan_at(self, day: date) -> PricePlan:
        """The price plan valid on a day; before the first version, that one."""
        return PricePlan.from_json(self._version_on(day)["plan"])

    def later_plans(self, after: date) -> dict[date, PricePlan]:
        """The price plans that become valid after a day, by their first day."""
        return {
            start: PricePlan.from_json(one["plan"])
            for one in self.prices
            if (start := date.fromisoformat(one["valid_from"])) > after
        }

    def _version_on(self, day: date) -> dict[str, Any]:
        begun = [one for one in self.prices if date.fromisoformat(one["valid_from"]) <= day]
        return begun[-1] if begun else self.prices[0]

    @property
    def rules(self) -> list[CostRuleVersion]:
        """The cost rules that hold or held, by month; those replaced before their month are out."""
        kept: list[CostRuleVersion] = []
        for version in reversed(self.rule_rows):
            if not kept or version.valid_from < kept[0].valid_from:
                kept.insert(0, version)
        return kept

    def rule_version_at(self, month: date) -> CostRuleVersion:
        """The cost rule that divides the month of a day; before the first one, the first."""
        held = [version for version in self.rules if version.valid_from <= month]
        return held[-1] if held else self.rules[0]

    @property
    def cost_rule(self) -> dict[str, Any]:
        """The document of the rule that divides this month."""
        return self.rule_version_at(clock.today()).rule

    def rule(self, keys: Any, month: date | None = None) -> CostRule:
        """A month's cost rule, read with a deployment's allocation keys; by default today's."""
        return CostRule.from_json(self.rule_version_at(month or clock.today()).rule, keys)

    def later_rules(self, keys: Any, month: date) -> dict[date, CostRule]:
        """The rules that take over after a month, by the month from which each holds."""
        return {
            version.valid_from: CostRule.from_json(version.rule, keys)
            for version in self.rules
            if version.valid_from > month
        }
