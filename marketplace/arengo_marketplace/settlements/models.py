"""Tables of settlements. They are append-only: a mistake is corrected by a reversing one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.spreading import Spread
from arengo_marketplace.costs.vat import Taxed


class Settlement(MarketplaceBase, Identified, Shared, Stamped):
    """A closed period of a consortium (its tenant), or the reversal of one.

    ``revision`` counts the settlements of the same period. A reversal repeats the figures of
    what it reverses with the opposite sign. ``digest`` is the SHA-256 of all that it rests on and
    gave; empty for a reversal. ``grants`` are the terms of the grants of the period with what was
    left of each, as :class:`~arengo_marketplace.costs.grants.Purse` writes them; ``usage_batches``
    are the batches whose records count in the period, each with the SHA-256 of its rows.
    """

    __tablename__ = "settlement"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "starts_on", "revision", unique=True),
        Index(None, "organization_id", "reverses_id", unique=True),
        CheckConstraint("ends_on > starts_on", "days"),
        append_only=True,
        personal=Personal(
            ("closed_by",),
            N_("People with an account"),
            N_("To say who did what"),
            IDS_ALONE,
            by_user="closed_by",
        ),
    )

    starts_on: Mapped[date]
    ends_on: Mapped[date]
    revision: Mapped[int]
    reverses_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    closed_by: Mapped[UUID | None]
    costs: Mapped[int] = mapped_column(BigInteger)
    fees: Mapped[int] = mapped_column(BigInteger)
    funding: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    digest: Mapped[str] = mapped_column(default="", server_default="")
    grants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    usage_batches: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]", deferred=True
    )

    @property
    def period(self) -> Period:
        """The days that it settles."""
        return Period(self.starts_on, self.ends_on)

    @property
    def net(self) -> int:
        """What the members divide, in minor units."""
        return self.costs - self.fees - self.funding

    @property
    def is_reversal(self) -> bool:
        """Whether it takes another one back."""
        return self.reverses_id is not None


class SettlementDifference(MarketplaceBase, Identified, Shared):
    """A member's part of a settlement beside the one before it, kept once it is reckoned.

    The consortium's own row has all members together. ``offers`` has for each offer its service,
    the amounts of both months, and the difference by cause; ``beside_id`` is the one before, which
    is another where a month was settled anew.
    """

    __tablename__ = "settlement_difference"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "settlement_id", "beside_id", unique=True),
        Index(None, "consortium_id", "settlement_id", "beside_id"),
        append_only=True,
    )

    settlement_id: Mapped[UUID]
    beside_id: Mapped[UUID]
    offers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class SettledOffer(MarketplaceBase, Identified, Shared):
    """An offer's pool in a settlement, with the rule that divided it, as both were then.

    ``keys`` tells for each part of the rule what it divided and by which whole weight; ``inputs``
    is all that the division rested on besides the lines.
    """

    __tablename__ = "settled_offer"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "settlement_id"),
        append_only=True,
    )

    settlement_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    service: Mapped[str]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    keys: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    inputs: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default=dict, server_default="{}", deferred=True
    )
    costs: Mapped[int] = mapped_column(BigInteger)
    fees: Mapped[int] = mapped_column(BigInteger)
    funding: Mapped[int] = mapped_column(BigInteger)
    bearers: Mapped[int]
    rule_version: Mapped[dict[str, Any] | None] = column_property(inputs.column["rule_version"])
    """From which month its rule holds, and the vote that passed it; none of a reversal."""

    @property
    def rule_from(self) -> date | None:
        """The first month that its rule divides, where that was kept."""
        return date.fromisoformat(self.rule_version["from"]) if self.rule_version else None

    @property
    def vote_id(self) -> UUID | None:
        """The vote of the members that passed its rule, if one did."""
        vote = self.rule_version["vote"] if self.rule_version else None
        return UUID(vote) if vote else None

    @property
    def net(self) -> int:
        """What the members divide, in minor units."""
        return self.costs - self.fees - self.funding


class SettledLine(MarketplaceBase, Identified, Shared):
    """A line of the pool as it was settled. ``line_id`` is the line that can change again after
    a reversal; what a grant covered names it by ``funding_id`` and has its use for a line.

    ``spread`` tells of what whole the amount is the month's part, as
    :class:`~arengo_marketplace.costs.spreading.Spread` writes it; ``paid_by`` which member paid
    the supplier and is credited the amount; ``vat`` of what price and tax the whole is made
    (:class:`~arengo_marketplace.costs.vat.Taxed`).
    """

    __tablename__ = "settled_line"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "settlement_id", "offer_id"),
        append_only=True,
    )

    settlement_id: Mapped[UUID]
    line_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    kind: Mapped[str]
    description: Mapped[str]
    supplier: Mapped[str]
    document_number: Mapped[str]
    document_date: Mapped[date | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    spread: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    vat: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    paid_by: Mapped[UUID | None]
    evidence_name: Mapped[str]
    evidence_digest: Mapped[str]
    funding_id: Mapped[UUID | None]

    @property
    def taxed(self) -> Taxed | None:
        """The price with its tax, where that is known."""
        return Taxed.from_json(self.vat) if self.vat else None

    @property
    def of_whole(self) -> Spread | None:
        """The whole that it is the month's part of; None where it is all."""
        return Spread.from_json(self.spread) if self.spread else None


class Share(MarketplaceBase, Identified, Shared):
    """A member's part of an offer's pool. ``components`` tells how each part of the rule made it,
    ``adjustments`` what limits, discounts and the like changed after; together they are it.

    ``rounding`` is what rounding added, in minor units, less than one.
    """

    __tablename__ = "share"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "statement_id"),
        Index(None, "consortium_id", "settlement_id", "offer_id"),
        append_only=True,
    )

    settlement_id: Mapped[UUID]
    statement_id: Mapped[UUID]
    offer_id: Mapped[UUID]
    service: Mapped[str]
    days: Mapped[int]
    population: Mapped[int | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    rounding: Mapped[Decimal] = mapped_column(Numeric(12, 8))
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    adjustments: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]"
    )
    currency: Mapped[str]

    @property
    def per_inhabitant(self) -> Money | None:
        """The share per inhabitant, rounded for show."""
        return per_inhabitant(Money(self.amount, self.currency), self.population)
