"""Tables of activations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.secrets import Sealed
from arengo_marketplace.base import MarketplaceBase

_STATES = "state in ('requested', 'approved', 'active', 'suspended', 'ended')"


class Activation(MarketplaceBase, Identified, Shared, Stamped):
    """A member's opt-in to an offer. ``forecast`` holds units a month by meter, as texts.

    ``settings`` are the plain ones; ``secrets`` the encrypted ones. ``agreed`` are keys of the
    data grants that the member agreed to.
    """

    __tablename__ = "activation"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(
            "uq_activation_current",
            "organization_id",
            "consortium_id",
            "service",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
        Index(None, "consortium_id", "offer_id"),
        CheckConstraint(_STATES, "state"),
    )

    offer_id: Mapped[UUID]
    service: Mapped[str]
    state: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    secrets: Mapped[Sealed | None]
    forecast: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    agreed: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")


class ActivationChange(MarketplaceBase, Identified, Shared):
    """That an Activation came into a state: when, by whom (None: the program) and why."""

    __tablename__ = "activation_change"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(None, "organization_id", "activation_id"),
        Index(None, "consortium_id", "activation_id"),
        CheckConstraint(_STATES, "state"),
        append_only=True,
    )

    activation_id: Mapped[UUID]
    state: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID | None]
    why: Mapped[str] = mapped_column(default="")
