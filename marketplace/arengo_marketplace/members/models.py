"""Tables of members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Owned, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import WHILE_MEMBER, Personal
from arengo_core.secrets import Sealed
from arengo_marketplace.base import MarketplaceBase


class Charter(MarketplaceBase, Identified, Owned, Stamped):
    """What a consortium agreed on: its tenant is the consortium itself.

    ``voting`` says how votes are counted unless one says otherwise, ``payment_terms`` when and
    where statements are paid; empty for the usual terms.
    """

    __tablename__ = "charter"
    __table_args__ = table(
        TableClass.MEMBER,
        Index("uq_charter_organization_id", "organization_id", unique=True),
    )

    default_cost_rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    voting: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    payment_terms: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    lead_id: Mapped[UUID | None]
    collecting_entity_id: Mapped[UUID | None]
    collector_is_public: Mapped[bool] = mapped_column(default=False)
    gateway: Mapped[str] = mapped_column(default="")
    gateway_secrets: Mapped[Sealed | None]
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    publishes_budget: Mapped[bool] = mapped_column(default=False, server_default="false")


class Membership(MarketplaceBase, Identified, Shared, Stamped):
    """A municipality's or merchant's part in a consortium; ``ends_on`` is the first day out.

    ``seat_id`` is a merchant's municipality; ``population`` is pinned with the day it is of.
    ``attributes`` are other figures and words by which cost rules divide or choose: numbers as
    texts, the altitude, a band.
    """

    __tablename__ = "membership"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(
            "uq_membership_current",
            "organization_id",
            "consortium_id",
            unique=True,
            postgresql_where=text("ends_on is null"),
        ),
        Index(None, "consortium_id", "kind"),
        Index(None, "consortium_id", "seat_id"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", "days"),
        CheckConstraint("population is null or population >= 0", "population"),
    )

    kind: Mapped[str]
    seat_id: Mapped[UUID | None]
    population: Mapped[int | None]
    population_on: Mapped[date | None]
    attributes: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class JoinRequest(MarketplaceBase, Identified, Owned, Stamped):
    """A merchant's wish to join; its tenant is the consortium that decides."""

    __tablename__ = "join_request"
    __table_args__ = table(
        TableClass.MEMBER,
        Index(None, "organization_id", "state"),
        personal=Personal(
            ("person", "street", "email", "phone", "message", "decided_by"),
            N_("People who ask to join"),
            N_("To admit members"),
            WHILE_MEMBER,
            by_email="email",
        ),
    )

    name: Mapped[str]
    vat_number: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    seat_id: Mapped[UUID]
    person: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="requested")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    member_id: Mapped[UUID | None]
