"""Table of pledges."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from arengo_core.database.base import Identified, Shared, Stamped, TableClass, table
from arengo_core.i18n import N_
from arengo_core.privacy.declaration import IDS_ALONE, Personal
from arengo_core.secrets import Sealed
from arengo_marketplace.base import MarketplaceBase
from arengo_marketplace.pledges.evaluation import Terms


class Pledge(MarketplaceBase, Identified, Shared, Stamped):
    """A member's opt-in to an offer on a condition; its cost limit is in minor units a year.

    ``state``: ``open``; ``kept`` (it became the Activation ``activation_id``); ``withdrawn``;
    ``expired`` (``expires_on`` was its last day). ``starts_on`` is the first day of the period at
    which it becomes active while its condition stays met, None while it is not. Settings,
    forecast and ``agreed`` are what the Activation begins with; ``locale`` is that of the words
    which were agreed to.
    """

    __tablename__ = "pledge"
    __table_args__ = table(
        TableClass.CONSORTIUM,
        Index(
            "uq_pledge_open",
            "organization_id",
            "offer_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "consortium_id", "offer_id"),
        CheckConstraint("state in ('open', 'kept', 'withdrawn', 'expired')", "state"),
        CheckConstraint(
            "num_nonnulls(least_members, least_inhabitants, most_yearly_cost) > 0", "condition"
        ),
        personal=Personal(
            ("made_by",),
            N_("People with an account"),
            N_("To show who pledged that a member joins a service"),
            IDS_ALONE,
            by_user="made_by",
        ),
    )

    offer_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="open")
    least_members: Mapped[int | None]
    least_inhabitants: Mapped[int | None]
    most_yearly_cost: Mapped[int | None] = mapped_column(BigInteger)
    expires_on: Mapped[date]
    starts_on: Mapped[date | None]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secrets: Mapped[Sealed | None]
    forecast: Mapped[dict[str, str]] = mapped_column(JSONB)
    agreed: Mapped[list[str]] = mapped_column(ARRAY(String))
    locale: Mapped[str]
    made_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    activation_id: Mapped[UUID | None]

    @property
    def terms(self) -> Terms:
        """On what condition."""
        return Terms(self.least_members, self.least_inhabitants, self.most_yearly_cost)
